// The source beside the machine code: which line ran, which comes; a line can be pointed at.

import { make } from "./dom.js";

/** @typedef {import("./steps.js").Steps} Steps */

export class SourcePanel {
  element;
  #lines;
  #box;

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
    const [ran, comes] = [line?.join(":") ?? "", coming?.join(":") ?? ""];
    for (const [key, element] of this.#lines) {
      element.classList.toggle("sd-ran", key === ran);
      element.classList.toggle("sd-comes", key === comes);
      if (key === comes) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    }
    const now = this.#lines.get(comes) ?? this.#lines.get(ran);
    if (!now) return;
    // Within the box alone: the page stays where it is.
    const [low, high] = [now.offsetTop - this.#box.offsetTop, now.offsetTop - this.#box.offsetTop + now.offsetHeight];
    if (low < this.#box.scrollTop) this.#box.scrollTop = low - now.offsetHeight;
    else if (high > this.#box.scrollTop + this.#box.clientHeight) {
      this.#box.scrollTop = high + now.offsetHeight - this.#box.clientHeight;
    }
  }
}
