// The calls of a reel that are recorded whole: each can be one step, or opened to go through it.

/**
 * @typedef {object} Call
 * @property {number} step the step that called
 * @property {number} back the step that came back
 * @property {string} name
 */

export class Calls {
  /** @type {Map<number, Call>} by the step that called */
  #begin = new Map();
  /** @type {Map<number, Call>} by the step that came back; of several the outermost */
  #end = new Map();
  /** @type {Set<Call>} those that are one step now */
  #closed = new Set();

  /** @param {import("./steps.js").Stored} stored */
  constructor(stored) {
    for (const [step, back, name, isClosed] of stored.calls) {
      const call = { step, back, name };
      this.#begin.set(step, call);
      if (!this.#end.has(back)) this.#end.set(back, call);
      if (isClosed) this.#closed.add(call);
    }
  }

  /**
   * The call that a step made, if it is recorded whole.
   * @param {number} step
   */
  from(step) {
    return this.#begin.get(step);
  }

  /**
   * The call that a step came back from.
   * @param {number} step
   */
  to(step) {
    return this.#end.get(step);
  }

  /**
   * The outermost closed call that a step is within.
   * @param {number} step
   */
  around(step) {
    return [...this.#closed].filter((call) => call.step <= step && step < call.back).sort((a, b) => a.step - b.step).at(0);
  }

  /**
   * The call a step is the end of, where it is one step now.
   * @param {number} step
   */
  closedTo(step) {
    const call = this.to(step);
    return call && this.#closed.has(call) ? call : undefined;
  }

  /** The closed calls, as the ranges of steps that are left out. */
  get closed() {
    return [...this.#closed];
  }

  /** @param {Call} call */
  close(call) {
    this.#closed.add(call);
  }

  /**
   * Opens the closed calls a step is within; true where there were some.
   * @param {number} step
   */
  reveal(step) {
    let found = false;
    for (let call = this.around(step); call; call = this.around(step)) {
      this.#closed.delete(call);
      found = true;
    }
    return found;
  }

  /**
   * The step beside one, in a direction: closed calls are one step.
   * @param {number} step
   * @param {1 | -1} way
   */
  beside(step, way) {
    const call = this.around(step + way);
    if (!call) return step + way;
    return way > 0 ? call.back : call.step - 1;
  }

  /**
   * The step beside one, in a direction: all calls are one step.
   * @param {number} step
   * @param {1 | -1} way
   */
  over(step, way) {
    const next = this.beside(step, way);
    if (way > 0) return this.from(next)?.back ?? next;
    const call = this.to(step);
    return call ? call.step - 1 : next;
  }
}
