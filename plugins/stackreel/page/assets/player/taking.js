// What a reader takes along of a step: copies and files, as the settings have the step.

import { copy } from "./copying.js";
import { savePanel } from "./menus.js";
import { download, pageOf, pngOf, svgDocument } from "./save.js";

const SHORT = 200; // characters that the status line can show for copying by hand

/**
 * A step as it is taken along.
 * @typedef {object} Taken
 * @property {string} file its name, without an ending
 * @property {string} text
 * @property {string} heading
 * @property {import("./save.js").StepPage} page
 */

export class Taking {
  panel;
  #words;
  #taken;
  #tell;
  #ground;

  /**
   * @param {import("./words.js").Words} words
   * @param {() => Taken} taken the step shown now
   * @param {HTMLElement} ground what the drawing stands on
   * @param {(text: string, isBrief?: boolean) => void} tell
   */
  constructor(words, taken, ground, tell) {
    this.#words = words;
    this.#taken = taken;
    this.#ground = ground;
    this.#tell = tell;
    this.panel = savePanel(words, {
      "copy svg": () => void this.copy(this.#svg()),
      "copy text": () => void this.copy(taken().text),
      "save svg": () => this.#save("svg", "image/svg+xml", this.#svg()),
      "save png": () => void this.#savePng(),
      "save text": () => this.#save("txt", "text/plain", taken().text),
      "save html": () => this.#save("html", "text/html", pageOf(taken().page)),
    });
  }

  /** @param {string} text */
  async copy(text) {
    if (await copy(text)) this.#tell(this.#words.of("copied"), true);
    else if (text.length <= SHORT) this.#tell(this.#words.of("not copied", { text }));
    else this.#tell(this.#words.of("not copied long"));
  }

  #svg(scheme = "") {
    const { heading, page } = this.#taken();
    return svgDocument(page.panels, heading, scheme);
  }

  async #savePng() {
    const style = getComputedStyle(this.#ground);
    const { colorScheme, backgroundColor } = style;
    const isDark = colorScheme.includes("dark") && !(colorScheme.includes("light") && matchMedia("(prefers-color-scheme: light)").matches);
    const png = await pngOf(this.#svg(isDark ? "dark" : "light"), backgroundColor);
    if (png) download(`${this.#taken().file}.png`, png);
    else this.#tell(this.#words.of("no png"));
  }

  /**
   * @param {string} ending
   * @param {string} type
   * @param {string} content
   */
  #save(ending, type, content) {
    download(`${this.#taken().file}.${ending}`, new Blob([content], { type: `${type};charset=utf-8` }));
  }
}
