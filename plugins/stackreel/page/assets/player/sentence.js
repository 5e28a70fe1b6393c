// What is said of a step, in words: instruction, what it did, calls that can be opened or left out, the author's note.

import { make } from "./dom.js";

/** @typedef {import("./steps.js").Steps} Steps */

const LONGEST = 5; // sentences that are tried to find the highest

export class Sentence {
  element;
  #steps;
  #words;
  #calls;
  #spelling;
  #acts;
  #spoken;
  #beside;
  #width = 0;

  /**
   * @param {Steps} steps
   * @param {import("./words.js").Words} words
   * @param {import("./calls.js").Calls} calls
   * @param {import("./spelling.js").Spelling} spelling
   * @param {{open: (call: import("./calls.js").Call) => void, close: (call: import("./calls.js").Call) => void}} acts
   */
  constructor(steps, words, calls, spelling, acts) {
    this.#steps = steps;
    this.#words = words;
    this.#calls = calls;
    this.#spelling = spelling;
    this.#acts = acts;
    this.#spoken = make("p", { class: "sd-spoken" });
    this.#beside = make("span", { class: "sd-of-call" });
    this.element = make("div", { class: "sd-now-said" }, this.#spoken, " ", this.#beside);
  }

  /**
   * @param {number} step
   * @param {import("./calls.js").Call | undefined} skipped the call that was just stepped over
   * @param {string} syntax
   * @param {boolean} isSpoken
   */
  show(step, skipped, syntax, isSpoken) {
    this.#spoken.setAttribute("aria-live", isSpoken ? "polite" : "off");
    this.#spoken.replaceChildren(...this.parts(step, syntax));
    const hadFocus = this.#beside.contains(document.activeElement);
    this.#beside.replaceChildren(...this.#call(step, skipped));
    if (!hadFocus) return;
    const heir = this.#beside.querySelector("button") ?? this.element.closest("stack-reel");
    if (heir instanceof HTMLElement) heir.focus({ preventScroll: true });
  }

  /**
   * @param {number} step
   * @param {string} syntax
   */
  parts(step, syntax) {
    const { code, say, note, kind } = this.#steps.said(step);
    const spelling = this.#spelling;
    const name = code === undefined ? this.#words.of("start") : (spelling.plain(this.#steps.executed(step), syntax) ?? code);
    const parts = [make("span", { class: "sd-step-number" }, String(step)), " ", make("code", {}, name), " "];
    const stop = kind === "over" || note ? this.#words.of("stop") : "";
    const told = withoutName(spelling.retold(say ?? "", step, syntax), [name, code]);
    parts.push(make("span", { class: "sd-what" }, ...withCode(told && told + stop)));
    if (kind === "over") parts.push(" ", make("span", { class: "sd-over" }, this.#words.of("over")));
    if (note) {
      const words = make("span", { class: "sd-note" });
      words.innerHTML = note;
      for (const named of words.querySelectorAll("code")) {
        named.textContent = spelling.translated(named.textContent ?? "", syntax);
      }
      parts.push(" ", words);
    }
    return parts;
  }

  /**
   * What can be done with the call that a step made, or that was stepped over to come here.
   * @param {number} step
   * @param {import("./calls.js").Call | undefined} skipped
   */
  #call(step, skipped) {
    const entered = this.#calls.from(step);
    const call = entered ?? skipped;
    if (!call) return [];
    const fields = { name: call.name, count: call.back - call.step, back: call.back };
    const [said, act] = entered ? ["step over", this.#acts.close] : ["open call", this.#acts.open];
    const button = make("button", { type: "button", class: "sd-word sd-call", "aria-expanded": String(entered !== undefined) }, this.#words.of(said, fields));
    button.addEventListener("click", () => act(call));
    const told = entered ? [] : [make("span", { class: "sd-over" }, this.#words.of("stepped over", fields)), " "];
    return [...told, button];
  }

  /**
   * Gives the sentence the height of the highest one in this width, so that nothing below it moves.
   * @param {number} width
   * @param {string} syntax
   */
  reserve(width, syntax) {
    if (!width || width === this.#width) return;
    this.#width = width;
    const trial = make("div", { class: "sd-now-said sd-trial", "aria-hidden": "true" });
    this.element.after(trial);
    const lengths = this.#steps.stored.steps.map(({ code = "", say = "", note = "", kind }, step) => ({
      step,
      length: code.length + say.length + note.length + (kind === "over" ? this.#words.of("over").length : 0) + this.#extra(step),
    }));
    lengths.sort((a, b) => b.length - a.length);
    const heights = lengths.slice(0, LONGEST).map(({ step }) => {
      trial.replaceChildren(...this.parts(step, syntax), " ", ...this.#call(step, this.#calls.to(step)));
      return trial.offsetHeight;
    });
    trial.remove();
    this.element.style.minHeight = `${Math.max(...heights)}px`;
  }

  /** @param {number} step */
  #extra(step) {
    const call = this.#calls.from(step) ?? this.#calls.to(step);
    return call ? this.#words.of("stepped over", { name: call.name }).length + this.#words.of("open call").length : 0;
  }
}

/**
 * A sentence without the name of the instruction at its beginning, where the instruction itself stands before it.
 * @param {string} say
 * @param {(string | undefined)[]} spelled the instruction, as it may be spelled
 */
function withoutName(say, spelled) {
  const [named, name] = /^([^\s:：]+)[:：] */.exec(say) ?? [];
  const isNamed = named && spelled.some((code) => code?.toLowerCase().startsWith(name.toLowerCase()));
  return isNamed ? say.slice(named.length) : say;
}

/**
 * A sentence whose addresses, with the names of places, are in the face of code.
 * @param {string} text
 */
function withCode(text) {
  return text.split(/(0x[0-9a-f]+(?: <[^<>]+>)?)/).map((part, at) => (at % 2 ? make("code", {}, part) : part));
}
