// What a reader points at leads somewhere: code to its next execution, registers and bytes to who wrote them.

import { inside } from "./adjust.js";
import { choices } from "./settings.js";

/** @typedef {import("./steps.js").Steps} Steps */
/** @typedef {{act: () => void}} Found */

/**
 * @typedef {object} Where
 * @property {() => number} at
 * @property {(step: number) => void} go
 * @property {(text: string) => void} tell
 */

export class Pointing {
  #steps;
  #words;
  #spelling;
  #where;
  #right;

  /**
   * @param {Steps} steps
   * @param {import("./words.js").Words} words
   * @param {import("./spelling.js").Spelling} spelling
   * @param {Where} where
   */
  constructor(steps, words, spelling, where) {
    this.#steps = steps;
    this.#words = words;
    this.#spelling = spelling;
    this.#where = where;
    this.#right = Math.max(...steps.stored.bytes.map((spot) => spot[2] + spot[4]));
  }

  /**
   * Makes a panel lead somewhere.
   * @param {import("./panel.js").Panel} panel
   * @param {"code" | "stack"} name
   * @param {AbortSignal} signal
   */
  listen(panel, name, signal) {
    const find = (/** @type {MouseEvent} */ event) => this[name](panel.point(event), event.shiftKey);
    panel.svg.addEventListener("click", (event) => find(event)?.act(), { signal });
    panel.svg.addEventListener("mousemove", (event) => panel.svg.classList.toggle("sd-can", find(event) !== null), { signal });
  }

  /**
   * @param {DOMPoint} point
   * @param {boolean} isShifted
   * @returns {Found | null}
   */
  code({ x, y }, isShifted) {
    const { lines, registers } = this.#steps.stored;
    const line = lines.findIndex((spot) => inside(x, y, ...spot));
    const key = line < 0 ? "" : this.#steps.parts("keys", this.#where.at())[line];
    if (key) return { act: () => this.#toInstruction(key, isShifted ? -1 : 1) };
    const register = registers.findIndex(([, , ...spot]) => inside(x, y, ...spot));
    return register < 0 ? null : { act: () => this.#toRegister(register, isShifted ? 1 : -1) };
  }

  /**
   * @param {DOMPoint} point
   * @param {boolean} isShifted
   * @returns {Found | null}
   */
  stack(point, isShifted) {
    const { field } = this.#steps.stored;
    const y = choices().order === "down" ? field[0] + field[1] - point.y : point.y;
    if (point.x > this.#right) return null;
    const cell = this.#steps.cells(this.#where.at()).find(({ top, height }) => top <= y && y < top + height);
    return cell ? { act: () => this.#toBytes(cell.address, cell.size, isShifted ? 1 : -1) } : null;
  }

  /**
   * @param {string} file
   * @param {number} line
   * @param {boolean} back
   */
  toSource(file, line, back) {
    const is = (/** @type {number} */ step) => {
      const said = this.#steps.said(step).line;
      return said?.[0] === file && said[1] === line;
    };
    const way = back ? -1 : 1;
    this.#seek(`${file.slice(file.lastIndexOf("/") + 1)}:${line}`, way, (step) => is(step) && !(step > 0 && is(step - 1)));
  }

  /**
   * All that can be pointed at, in groups, each with a value for `toOffered`.
   * @returns {[group: string, options: [value: string, label: string][]][]}
   */
  offered() {
    const steps = this.#steps;
    const words = this.#words;
    const syntax = this.#spelling.chosen(choices());
    const shown = steps.parts("keys", this.#where.at());
    const run = new Map(steps.stored.steps.map((said, step) => [steps.executed(step), said.code ?? ""]));
    const named = (/** @type {string} */ key) => this.#spelling.plain(key, syntax) ?? run.get(key);
    return [
      [words.of("goto registers"), steps.stored.registers.map(([name], at) => [`r${at}`, name])],
      [words.of("goto slots"), steps.cells(this.#where.at()).map(({ address, size, label }) => [`s${address}:${size}`, `0x${address.toString(16)} ${label}`])],
      [words.of("goto code"), shown.filter((key) => key && run.has(key)).map((key) => [`c${key}`, `${key} ${named(key)}`])],
    ];
  }

  /**
   * @param {string} value
   * @param {1 | -1} way
   */
  toOffered(value, way) {
    const [kind, rest] = [value[0], value.slice(1)];
    const [address, size] = rest.split(":");
    if (kind === "r") this.#toRegister(Number(rest), way);
    if (kind === "s") this.#toBytes(BigInt(address), Number(size), way);
    if (kind === "c") this.#toInstruction(rest, way);
  }

  /**
   * @param {string} key
   * @param {1 | -1} way
   */
  #toInstruction(key, way) {
    this.#seek(key, way, (step) => this.#steps.executed(step) === key);
  }

  /**
   * Goes to where something is executed again; past the end, to the first time.
   * @param {string} what
   * @param {1 | -1} way
   * @param {(step: number) => boolean} is
   */
  #seek(what, way, is) {
    const { at, go, tell } = this.#where;
    const found = this.#steps.seek(at(), way, is);
    if (found >= 0) return go(found);
    const first = this.#steps.seek(way > 0 ? -1 : this.#steps.last + 1, way, is);
    if (first >= 0 && first !== at()) go(first);
    tell(this.#words.of(first < 0 ? "not executed" : "again", { what }));
  }

  /**
   * @param {number} register
   * @param {1 | -1} way
   */
  #toRegister(register, way) {
    const [name] = this.#steps.stored.registers[register];
    this.#toWriter(name, way, (step) => this.#steps.set(step, register));
  }

  /**
   * @param {bigint} address
   * @param {number} size
   * @param {1 | -1} way
   */
  #toBytes(address, size, way) {
    const cell = this.#steps.cells(this.#where.at()).find((each) => each.address === address && each.size === size);
    const place = `0x${address.toString(16)}`;
    const what = cell?.label ? this.#words.of("slot", { name: cell.label, address: place }) : place;
    this.#toWriter(what, way, (step) => this.#steps.wrote(step, address, size));
  }

  /**
   * @param {string} what
   * @param {1 | -1} way
   * @param {(step: number) => boolean} is
   */
  #toWriter(what, way, is) {
    const { at, go, tell } = this.#where;
    const found = this.#steps.seek(at(), way, is);
    if (found >= 0) go(found);
    else tell(this.#words.of(way < 0 ? "never before" : "never after", { what }));
  }
}
