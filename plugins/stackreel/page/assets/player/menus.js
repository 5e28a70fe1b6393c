// What folds out below the player's buttons: settings, saving, going somewhere, help. One is open at a time.

import { icon, make } from "./dom.js";
import { choose, POSSIBLE } from "./settings.js";
import { mark } from "./timeline.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("./steps.js").Steps} Steps */

export class Menus {
  buttons;
  panels;
  /** @type {[HTMLButtonElement, HTMLElement][]} */
  #pairs = [];

  /** @param {string} ident */
  constructor(ident) {
    this.#ident = ident;
    this.buttons = make("div", { class: "sd-group sd-menus" });
    this.panels = make("div", { class: "sd-panels" });
  }
  #ident;

  /**
   * @param {string} name
   * @param {string} label
   * @param {HTMLElement} panel
   * @param {() => void} [opening] done before the panel is shown
   */
  add(name, label, panel, opening) {
    const button = make("button", { type: "button", class: `sd-button sd-${name}`, title: label, "aria-label": label });
    button.append(icon(name));
    panel.id = `${this.#ident}-${name}`;
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", panel.id);
    button.addEventListener("click", () => {
      if (panel.hidden) opening?.();
      this.toggle(name);
      if (!panel.hidden) panel.scrollIntoView({ block: "nearest" });
    });
    this.#pairs.push([button, panel]);
    this.buttons.append(button);
    this.panels.append(panel);
  }

  /** @param {string} name */
  toggle(name) {
    for (const [button, panel] of this.#pairs) {
      panel.hidden = !(button.classList.contains(`sd-${name}`) && panel.hidden);
      button.setAttribute("aria-expanded", String(!panel.hidden));
    }
  }

  /** Closes what is open; false where nothing is. The focus goes back to its button. */
  close() {
    const open = this.#pairs.find(([, panel]) => !panel.hidden);
    if (!open) return false;
    const [button, panel] = open;
    if (panel.contains(document.activeElement)) button.focus();
    this.toggle("");
    return true;
  }
}

/**
 * @param {Words} words
 * @param {boolean} hasSource
 * @param {import("./spelling.js").Spelling} spelling
 */
export function settingsPanel(words, hasSource, spelling) {
  const panel = make("div", { class: "sd-panel" });
  /** @type {[keyof typeof POSSIBLE, string[], (value: string) => string][]} */
  const rows = [
    ["values", POSSIBLE.values, (value) => words.of(`values ${value}`)],
    ["order", POSSIBLE.order, (value) => words.of(`order ${value}`)],
    ["offsets", POSSIBLE.offsets, (value) => words.of(`offsets ${value}`)],
  ];
  if (spelling.syntaxes.length > 1) rows.push(["syntax", spelling.syntaxes, (value) => words.of(`syntax ${value}`)]);
  if (hasSource) rows.push(["source", POSSIBLE.source, (value) => words.of(value)]);
  for (const [name, possible, said] of rows) {
    const select = make("select");
    for (const value of possible) select.append(make("option", { value }, said(value)));
    select.dataset.choice = name;
    select.addEventListener("change", () => choose(name, select.value));
    panel.append(make("label", {}, words.of(name === "source" ? "source shown" : name), " ", select));
  }
  return panel;
}

/**
 * @param {Words} words
 * @param {Record<string, () => void>} acts what each button does, by its phrase
 */
export function savePanel(words, acts) {
  const panel = make("div", { class: "sd-panel" });
  for (const [phrase, act] of Object.entries(acts)) {
    if (phrase === "save svg") panel.append(make("span", {}, words.of("save all")));
    const button = make("button", { type: "button", class: "sd-word" }, words.of(phrase));
    button.dataset.save = phrase;
    button.addEventListener("click", act);
    panel.append(button);
  }
  panel.append(make("p", { class: "sd-over" }, words.of("save note")));
  return panel;
}

/**
 * What can be pointed at in the drawing, as a list: for keyboards and screen readers.
 * @param {Words} words
 * @param {() => [group: string, options: [value: string, label: string][]][]} offered
 * @param {(value: string, way: 1 | -1) => void} go
 */
export function gotoPanel(words, offered, go) {
  const select = make("select", { "aria-label": words.of("goto what") });
  const fill = () => {
    const value = select.value;
    select.replaceChildren(
      ...offered().map(([label, options]) => {
        const group = make("optgroup", { label });
        group.append(...options.map(([each, said]) => make("option", { value: each }, said)));
        return group;
      }),
    );
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  };
  const button = (/** @type {string} */ phrase, /** @type {1 | -1} */ way) => {
    const made = make("button", { type: "button", class: "sd-word" }, words.of(phrase));
    made.addEventListener("click", () => go(select.value, way));
    return made;
  };
  const panel = make("div", { class: "sd-panel" }, make("span", {}, words.of("goto")), select, button("before", -1), button("after", 1));
  return { panel, fill };
}

/** @param {Words} words */
export function helpPanel(words) {
  const key = (/** @type {string} */ name) => make("kbd", {}, name);
  /** @type {[Node[], string][]} */
  const keys = [
    [[key("←"), key("→")], "help arrows"],
    [[key("Shift ←"), key("Shift →")], "help shift arrows"],
    [[key("Home"), key("End")], "help ends"],
    [[key(words.of("space"))], "help space"],
    [[key(words.of("digits")), key(words.of("enter"))], "help digits"],
    [[key("Esc")], "help escape"],
    [[key("?")], "help help"],
  ];
  const list = make("dl");
  for (const [names, phrase] of keys) {
    list.append(make("dt", {}, ...names.flatMap((name) => [name, " "])), make("dd", {}, words.of(phrase)));
  }
  // A finger has no Shift and no wheel; the menu leads the same ways.
  const phrases = [["help code"], ["help slot"], ["help shift", "sd-fine"], ["help goto", "sd-coarse"], ["help wheel", "sd-fine"]];
  const pointer = make("ul", {}, ...phrases.map(([phrase, kind = ""]) => make("li", kind ? { class: kind } : {}, words.of(phrase))));
  const marks = make("p", { class: "sd-legend" });
  for (const [kind, phrase] of /** @type {["call" | "over" | "return", string][]} */ ([
    ["call", "help calls"], ["over", "help overs"], ["return", "help returns"],
  ])) {
    marks.append(make("span", {}, mark(kind), " ", words.of(phrase)));
  }
  const head = (/** @type {string} */ phrase) => make("p", { class: "sd-head" }, words.of(phrase));
  return make(
    "div", { class: "sd-panel sd-help-panel" },
    make("div", {}, head("help keys"), list),
    make("div", {}, head("help pointer"), pointer, head("help marks"), marks),
  );
}
