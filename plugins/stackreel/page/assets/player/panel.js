// One panel of the figure on the screen: an SVG whose elements are exchanged one by one, so that what stays, stays.

import { makeSvg } from "./dom.js";

const GLIDE = 120;

export class Panel {
  svg;
  #desc;
  #parts;
  /** @type {number[]} */
  #ids = [];
  /** @type {Element[]} */
  #nodes = [];

  /**
   * @param {string} ident
   * @param {[number, number]} size
   * @param {string[]} parts the table of markup
   */
  constructor(ident, [width, height], parts) {
    this.#parts = parts;
    this.#desc = makeSvg("desc", { id: `${ident}-about` });
    this.svg = /** @type {SVGSVGElement} */ (
      makeSvg("svg", { class: "sd", viewBox: `0 0 ${width} ${height}`, width, height, role: "img" }, this.#desc)
    );
    this.svg.setAttribute("aria-describedby", this.#desc.id);
  }

  /** The elements drawn, in order. */
  get nodes() {
    return this.#nodes;
  }

  /**
   * Shows the parts of these numbers; `glide` lets flags move to their places.
   * @param {number[]} ids
   * @param {string} title
   * @param {string} about
   * @param {(nodes: Element[]) => void} adjust changes the elements once they are in place
   * @param {boolean} glide
   */
  show(ids, title, about, adjust, glide) {
    const before = glide ? flags(this.#nodes) : null;
    /** @type {Map<number, Element[]>} */
    const spare = new Map();
    this.#ids.forEach((id, at) => spare.set(id, [...(spare.get(id) ?? []), this.#nodes[at]]));
    const reused = ids.map((id) => spare.get(id)?.shift());
    const holder = makeSvg("g");
    holder.innerHTML = ids.filter((_, at) => !reused[at]).map((id) => this.#parts[id]).join("");
    const fresh = [...holder.children];
    const nodes = reused.map((node) => node ?? /** @type {Element} */ (fresh.shift()));
    for (const left of spare.values()) for (const node of left) node.remove();
    let next = this.#desc.nextSibling;
    for (const node of nodes) {
      if (node === next) next = node.nextSibling;
      else this.svg.insertBefore(node, next);
    }
    this.#ids = ids;
    this.#nodes = nodes;
    this.svg.setAttribute("aria-label", title);
    this.#desc.textContent = about;
    adjust(nodes);
    if (before) this.#glide(before);
  }

  /** Forgets what is drawn, so that the next `show` draws all of it anew. */
  clear() {
    for (const node of this.#nodes) node.remove();
    this.#ids = [];
    this.#nodes = [];
  }

  /** @param {Map<string, {y: number, nodes: Element[]}>} before */
  #glide(before) {
    for (const [name, { y, nodes }] of flags(this.#nodes)) {
      const from = before.get(name);
      if (!from || from.y === y) continue;
      const frames = [{ transform: `translateY(${from.y - y}px)` }, { transform: "none" }];
      for (const node of nodes) node.animate(frames, { duration: GLIDE, easing: "ease-out" });
    }
  }

  /**
   * The point of an event in the panel's units.
   * @param {MouseEvent} event
   */
  point(event) {
    const matrix = this.svg.getScreenCTM();
    return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : new DOMPoint(-1, -1);
  }
}

/**
 * The flags (rsp, rbp, rip) among these elements by name: a shape, and the text in it.
 * @param {Element[]} nodes
 */
function flags(nodes) {
  /** @type {Map<string, {y: number, nodes: Element[]}>} */
  const found = new Map();
  const shapes = nodes.filter((node) => node.matches("path.fs, path.fo"));
  const texts = nodes.filter((node) => node.matches("text.s9:not(.w)"));
  for (const shape of shapes) {
    const [, x, y] = /^M([\d.]+) ([\d.]+)/.exec(shape.getAttribute("d") ?? "") ?? [];
    const inside = texts.find((text) => {
      const right = Number(text.getAttribute("x")) - Number(x);
      const down = Number(text.getAttribute("y")) - Number(y);
      return right >= 0 && right < 30 && down > 0 && down < 14;
    });
    if (inside) found.set(inside.textContent ?? "", { y: Number(y), nodes: [shape, inside] });
  }
  return found;
}
