// The source beside the machine code: which line ran, which comes; a line can be pointed at.

import { make } from "./dom.js";

/** @typedef {import("./steps.js").Steps} Steps */

export class SourcePanel {
  element;
  #lines;
  #box;
  /** @type {HTMLElement | null} */
  #ran = null;
  /** @type {HTMLElement | null} */
  #comes = null;
  #frame = 0;

  /**
   * @param {Steps} steps
   * @param {import("./words.js").Words} words
   * @param {(file: string, line: number, back: boolean) => void} pointed
   */
  constructor(steps, words, pointed) {
    /** @type {Map<string, HTMLElement>} */
    this.#lines = new Map();
    const known = new Set(steps.stored.steps.map(({ line }) => line?.join(":")));
    this.#box = make("div", { class: "sd-lines", tabindex: "0", role: "group", "aria-label": words.of("source") });
    for (const [file, first, lines] of steps.stored.sources) {
      const name = file.slice(file.lastIndexOf("/") + 1);
      this.#box.append(make("p", { class: "sd-file" }, name));
      lines.forEach((text, at) => {
        const key = `${file}:${first + at}`;
        const number = make("span", { class: "sd-at" }, String(first + at));
        const line = make("div", { class: "sd-source-line" }, number, make("code", {}, text || " "));
        if (known.has(key)) {
          line.classList.add("sd-runs");
          line.addEventListener("click", (event) => pointed(file, first + at, event.shiftKey));
        }
        this.#lines.set(key, line);
        this.#box.append(line);
      });
    }
    this.element = make("div", { class: "sd-source-panel", "data-search-exclude": "true" }, this.#box);
  }

  /** @param {import("./steps.js").Said} said */
  show({ line, coming }) {
    const [ran, comes] = [line, coming].map((each) => (each && this.#lines.get(each.join(":"))) ?? null);
    if (ran !== this.#ran) {
      this.#ran?.classList.remove("sd-ran");
      ran?.classList.add("sd-ran");
      this.#ran = ran;
    }
    if (comes !== this.#comes) {
      this.#comes?.classList.remove("sd-comes");
      this.#comes?.removeAttribute("aria-current");
      comes?.classList.add("sd-comes");
      comes?.setAttribute("aria-current", "true");
      this.#comes = comes;
    }
    // With the next frame: to ask now where a line is would have the page laid out once more.
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#reveal(comes ?? ran));
  }

  /**
   * Brings a line that is out of sight into the middle, within the box alone: the page stays where it is.
   * @param {HTMLElement | null} line
   */
  #reveal(line) {
    if (!line) return;
    const low = line.offsetTop - this.#box.offsetTop - this.#box.clientTop;
    const high = low + line.offsetHeight;
    const { scrollTop, clientHeight } = this.#box;
    if (low >= scrollTop && high <= scrollTop + clientHeight) return;
    const above = Math.floor((clientHeight / line.offsetHeight - 1) / 2); // whole lines, so that none is cut
    this.#box.scrollTop = low - above * line.offsetHeight;
  }
}
