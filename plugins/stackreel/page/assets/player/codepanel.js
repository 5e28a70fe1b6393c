// The code panel on the screen: the lines of code, the registers, the key, each where the page has room for it.

import { make } from "./dom.js";
import { Panel } from "./panel.js";
import { Regions } from "./regions.js";

/** @typedef {import("./regions.js").Region} Region */

export class CodePanel {
  /** The lines of code. */
  svg;
  registers;
  key;
  /** @type {Panel[]} what can be pointed at */
  panels;
  #regions;
  /** @type {[Region, Panel][]} */
  #parts;
  /** @type {[Region, Panel][]} */
  #constant;
  #steps;

  /**
   * @param {string} ident
   * @param {import("./steps.js").Steps} steps
   * @param {import("./words.js").Words} words
   */
  constructor(ident, steps, words) {
    this.#steps = steps;
    this.#regions = new Regions(steps);
    const { boxes, hasKey, isWhole } = this.#regions;
    const panel = (/** @type {Region} */ region) => /** @type {[Region, Panel]} */ ([region, new Panel(`${ident}-${region}`, boxes[region], steps.stored.parts)]);
    /** @type {Region[]} */
    const sides = isWhole ? ["left"] : ["left", "right"];
    const registers = sides.map(panel);
    this.#parts = [panel("lines"), ...registers];
    this.#constant = (hasKey ? /** @type {const} */ (["keyLeft", "keyRight"]) : []).map(panel);
    this.panels = this.#parts.map(([, each]) => each);
    this.svg = this.panels[0].svg;
    // They are described with the lines, as one picture.
    this.registers = make("div", { class: isWhole ? "sd-registers sd-whole" : "sd-registers", "aria-hidden": "true" }, ...registers.map(([, each]) => each.svg));
    this.key = make("div", { class: "sd-signs", role: "img", "aria-label": words.of("key") }, ...this.#constant.map(([, each]) => each.svg));
    this.key.hidden = !hasKey;
    for (const [region, each] of this.#constant) {
      each.show(this.#regions.only(region, steps.list("code", 0)), "", "", null, false);
      each.svg.setAttribute("aria-hidden", "true");
    }
  }

  /** All of it, in one system of units. */
  get svgs() {
    return [...this.#parts, ...this.#constant].map(([, { svg }]) => svg);
  }

  /**
   * @param {number} step
   * @param {string} title
   * @param {string} about
   * @param {((nodes: Element[]) => void) | null} adjust
   * @param {boolean} glide
   */
  show(step, title, about, adjust, glide) {
    const ids = this.#steps.list("code", step);
    for (const [region, panel] of this.#parts) {
      const isFirst = region === "lines";
      panel.show(this.#regions.only(region, ids), isFirst ? title : "", isFirst ? about : "", adjust, glide && isFirst);
    }
  }

  clear() {
    for (const panel of this.panels) panel.clear();
  }
}
