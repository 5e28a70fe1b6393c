// The stack in a pane: one that is higher than the room beside code and buttons scrolls by itself, and what a step
// does stays in sight in it. On paper, and without the script, all of it is shown.

import { make } from "./dom.js";

const LEAST = 9; // of the text's size: a pane is at least as high, whatever else there is
const ROUND = 15; // kept in sight around what happens, in units of the drawing: half a row

/** @typedef {[top: number, bottom: number]} Span in units of the drawing */

export class StackPane {
  element;
  #svg;
  #label;
  #frame = 0;
  /** @type {Span[]} */
  #wanted = [];

  /**
   * @param {SVGSVGElement} svg
   * @param {string} label
   */
  constructor(svg, label) {
    this.#svg = svg;
    this.#label = label;
    this.element = make("div", { class: "sd-pane" }, svg);
  }

  /**
   * Gives the pane its height.
   * @param {number} room in pixels
   */
  fit(room) {
    const { element } = this;
    const least = LEAST * Number.parseFloat(getComputedStyle(element).fontSize);
    const height = Math.round(Math.max(room, least));
    // As high as it is without a scrollbar, which makes it smaller: else it would come and go.
    const drawing = this.#svg.viewBox.baseVal;
    const isHigher = element.offsetWidth * (drawing.height / drawing.width) > height + 1;
    const wanted = isHigher ? `${height}px` : "";
    if (element.style.maxHeight === wanted && isHigher === element.hasAttribute("tabindex")) return;
    element.style.maxHeight = wanted;
    element.classList.toggle("sd-scrolls", isHigher);
    // What scrolls has to be reached with the keyboard, and named; what does not would only be one more stop.
    for (const [name, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": this.#label })) {
      if (isHigher) element.setAttribute(name, value);
      else element.removeAttribute(name);
    }
    this.#reveal();
  }

  /**
   * Brings parts of the drawing into sight, the first before the others.
   * @param {Span[]} spans
   */
  show(spans) {
    this.#wanted = spans;
    // With the next frame: to ask now where things are would have the page laid out once more.
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#reveal());
  }

  #reveal() {
    const { element } = this;
    if (!element.hasAttribute("tabindex") || !this.#wanted.length) return;
    const unit = this.#svg.getBoundingClientRect().height / this.#svg.viewBox.baseVal.height;
    const room = element.clientHeight / unit;
    let [top, bottom] = this.#wanted[0];
    for (const [from, to] of this.#wanted.slice(1)) {
      const [low, high] = [Math.min(top, from), Math.max(bottom, to)];
      if (high - low + 2 * ROUND <= room) [top, bottom] = [low, high];
    }
    const now = element.scrollTop / unit;
    if (top - ROUND < now) element.scrollTop = (top - ROUND) * unit;
    else if (bottom + ROUND > now + room) element.scrollTop = (Math.min(bottom + ROUND - room, top - ROUND)) * unit;
  }
}
