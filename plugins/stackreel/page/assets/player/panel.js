// One panel of the figure on the screen: an SVG whose elements are exchanged one by one, so that what stays, stays.

import { makeSvg } from "./dom.js";

/** @typedef {{y: number, nodes: Element[]}} Flag a flag's height, and the shape and text it is made of */

const GLIDE = 120;

export class Panel {
  svg;
  #desc;
  #parts;
  /** @type {Map<number, Element>} each part that was drawn before, to be copied */
  #made = new Map();
  /** @type {Map<number, {name: string, x: number, y: number} | null>} what each part is to a flag */
  #pieces = new Map();
  /** @type {number[]} */
  #ids = [];
  /** @type {Element[]} */
  #nodes = [];
  #isAdjusted = false;
  /** @type {Animation[]} */
  #gliding = [];
  #glided = 0;

  /**
   * @param {string} ident
   * @param {[left: number, top: number, width: number, height: number]} box what is shown of the drawing
   * @param {string[]} parts the table of markup
   */
  constructor(ident, box, parts) {
    const [, , width, height] = box;
    this.#parts = parts;
    this.#desc = makeSvg("desc", { id: `${ident}-about` });
    this.svg = /** @type {SVGSVGElement} */ (
      makeSvg("svg", { class: "sd", viewBox: box.join(" "), width, height }, this.#desc)
    );
  }

  /**
   * Shows the parts of these numbers; `glide` lets flags move to their places. Without a title it is no picture by
   * itself, but part of another one.
   * @param {number[]} ids
   * @param {string} title
   * @param {string} about
   * @param {((nodes: Element[]) => void) | null} adjust changes the elements; they serve for this step alone then
   * @param {boolean} glide
   */
  show(ids, title, about, adjust, glide) {
    const before = glide ? this.#flags() : null;
    if (adjust || this.#isAdjusted) this.clear();
    this.#exchange(ids);
    if (title) this.#name(title, about);
    this.#isAdjusted = adjust !== null;
    adjust?.(this.#nodes);
    this.#glide(before);
  }

  /**
   * @param {string} title
   * @param {string} about
   */
  #name(title, about) {
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", title);
    this.svg.setAttribute("aria-describedby", this.#desc.id);
    this.#desc.textContent = about;
  }

  /** Forgets what is drawn, so that the next `show` draws all of it anew. */
  clear() {
    for (const node of this.#nodes) node.remove();
    this.#ids = [];
    this.#nodes = [];
  }

  /** @param {number[]} ids */
  #exchange(ids) {
    /** @type {Map<number, Element[]>} */
    const spare = new Map();
    this.#ids.forEach((id, at) => {
      const those = spare.get(id);
      if (those) those.push(this.#nodes[at]);
      else spare.set(id, [this.#nodes[at]]);
    });
    this.#make(ids);
    const nodes = ids.map((id) => spare.get(id)?.shift() ?? /** @type {Element} */ (this.#made.get(id)?.cloneNode(true)));
    for (const left of spare.values()) for (const node of left) node.remove();
    let next = this.#desc.nextSibling;
    for (const node of nodes) {
      if (node === next) next = node.nextSibling;
      else this.svg.insertBefore(node, next);
    }
    this.#ids = ids;
    this.#nodes = nodes;
  }

  /**
   * Makes the parts that were never drawn; each is one element.
   * @param {number[]} ids
   */
  #make(ids) {
    const missing = [...new Set(ids)].filter((id) => !this.#made.has(id));
    if (!missing.length) return;
    const holder = makeSvg("g");
    holder.innerHTML = missing.map((id) => this.#parts[id]).join("");
    [...holder.children].forEach((node, at) => this.#made.set(missing[at], node));
  }

  /**
   * The flags (rsp, rbp, rip) that are drawn, by name.
   * @returns {Map<string, Flag>}
   */
  #flags() {
    const pieces = this.#ids.map((id) => this.#piece(id));
    const texts = pieces.flatMap((piece, at) => (piece?.name ? [{ ...piece, at }] : []));
    /** @type {Map<string, Flag>} */
    const found = new Map();
    pieces.forEach((shape, at) => {
      if (!shape || shape.name) return;
      const inside = texts.find(({ x, y }) => x >= shape.x && x < shape.x + 30 && y > shape.y && y < shape.y + 14);
      if (inside) found.set(inside.name, { y: shape.y, nodes: [this.#nodes[at], this.#nodes[inside.at]] });
    });
    return found;
  }

  /**
   * A part that may be of a flag: a shape without a name, or its text; null for others.
   * @param {number} id
   */
  #piece(id) {
    const known = this.#pieces.get(id);
    if (known !== undefined) return known;
    const node = this.#made.get(id);
    let piece = null;
    if (node?.matches("path.fs, path.fo")) {
      const [, x, y] = /^M([\d.]+) ([\d.]+)/.exec(node.getAttribute("d") ?? "") ?? [];
      piece = { name: "", x: Number(x), y: Number(y) };
    } else if (node?.matches("text.s9:not(.w)")) {
      piece = { name: node.textContent ?? "", x: Number(node.getAttribute("x")), y: Number(node.getAttribute("y")) };
    }
    this.#pieces.set(id, piece);
    return piece;
  }

  /**
   * Lets flags come from where they were; at once where steps follow each other faster than a flag moves.
   * @param {Map<string, Flag> | null} before
   */
  #glide(before) {
    for (const animation of this.#gliding) animation.cancel();
    this.#gliding = [];
    const now = performance.now();
    const isHurried = now - this.#glided < GLIDE;
    this.#glided = now;
    if (!before || isHurried) return;
    for (const [name, { y, nodes }] of this.#flags()) {
      const from = before.get(name);
      if (!from || from.y === y) continue;
      const frames = [{ transform: `translateY(${from.y - y}px)` }, { transform: "none" }];
      for (const node of nodes) this.#gliding.push(node.animate(frames, { duration: GLIDE, easing: "ease-out" }));
    }
  }

  /** Where the solid flag is, that of the stack pointer, in the drawing as it was built; null where there is none. */
  get pointer() {
    for (const { y, nodes } of this.#flags().values()) if (nodes[0].matches(".fs")) return y;
    return null;
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
