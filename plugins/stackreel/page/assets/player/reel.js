// <stack-reel>: turns a film strip into a player, one step at a time.
//
// Without this script every step is on the page. A custom element upgrades itself whenever it is put into a
// document, so nothing has to be started again when a site swaps pages without loading them.

import { Address } from "./address.js";
import { adjustCode, adjustStack, respell } from "./adjust.js";
import { Calls } from "./calls.js";
import { iconButton, make } from "./dom.js";
import { Keys } from "./keys.js";
import { gotoPanel, helpPanel, Menus, savePanel, settingsPanel } from "./menus.js";
import { Panel } from "./panel.js";
import { Pointing } from "./pointing.js";
import { copy, download, pageOf, pngOf, svgDocument } from "./save.js";
import { Sentence } from "./sentence.js";
import { changed, choices, choose, POSSIBLE } from "./settings.js";
import { SourcePanel } from "./source.js";
import { Spelling } from "./spelling.js";
import { readSteps } from "./steps.js";
import { completeForPaper } from "./strip.js";
import { join } from "./sync.js";
import { Timeline } from "./timeline.js";
import { Words } from "./words.js";

/** @typedef {import("./steps.js").Steps} Steps */

const BEAT = 1000;

export class StackReel extends HTMLElement {
  /** @type {Player | null} */
  #player = null;
  #connected = 0;

  connectedCallback() {
    const connection = ++this.#connected;
    const read = readSteps(this);
    if (read instanceof Promise) void read.then((steps) => connection === this.#connected && this.#begin(steps));
    else if (read) this.#begin(read);
  }

  disconnectedCallback() {
    this.#connected++;
    this.#player?.end();
    this.#player = null;
  }

  /** @param {Steps} steps */
  #begin(steps) {
    if (steps.last > 0) this.#player = new Player(this, steps);
  }
}

class Player {
  #reel;
  #steps;
  #words;
  #calls;
  #spelling;
  #at = 0;
  /** @type {import("./calls.js").Call | undefined} the call stepped over to come here */
  #skipped;
  #leaving = new AbortController();
  #code;
  #stack;
  #source;
  #timeline;
  #menus;
  #entry;
  #keys;
  #pointing;
  #address;
  #table;
  #sentence;
  #told;
  #player;
  /** @type {Record<string, HTMLButtonElement>} */
  #buttons = {};
  #playing = 0;
  #group;
  #watch;
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * @param {HTMLElement} reel
   * @param {Steps} steps
   */
  constructor(reel, steps) {
    this.#reel = reel;
    this.#steps = steps;
    this.#words = new Words(reel);
    this.#calls = new Calls(steps.stored);
    this.#spelling = new Spelling(steps);
    const words = this.#words;
    const ident = `${reel.id}-player`;
    const { signal } = this.#leaving;
    const go = (/** @type {number} */ step) => this.go(step);
    const at = () => this.#at;
    this.#pointing = new Pointing(steps, words, this.#spelling, { at, go, tell: (text) => this.#tell(text) });
    this.#code = new Panel(`${ident}-code`, steps.stored.size.code, steps.stored.parts);
    this.#stack = new Panel(`${ident}-stack`, steps.stored.size.stack, steps.stored.parts);
    const hasSource = steps.stored.sources.length > 0;
    this.#source = hasSource ? new SourcePanel(steps, words, (...line) => this.#pointing.toSource(...line)) : null;
    this.#timeline = new Timeline(steps, this.#calls, words, go, (by) => this.#move(by));
    this.#menus = new Menus(ident);
    this.#entry = this.#makeEntry();
    this.#table = make("table", { class: "sd-cells" });
    this.#sentence = new Sentence(steps, words, this.#calls, this.#spelling, {
      open: (call) => this.go(call.step),
      close: (call) => this.#close(call),
    });
    this.#told = make("p", { class: "sd-told", role: "status" });
    const goto = gotoPanel(words, () => this.#pointing.offered(), (value, way) => {
      this.#pointing.toOffered(value, way);
      goto.fill();
    });
    this.#menus.add("goto", words.of("goto"), goto.panel, goto.fill);
    this.#menus.add("save", words.of("save"), this.#savePanel());
    this.#menus.add("settings", words.of("settings"), settingsPanel(words, hasSource, this.#spelling));
    this.#menus.add("help", words.of("help"), helpPanel(words));
    this.#player = this.#build();
    reel.prepend(this.#player);
    reel.classList.add("sd-live");
    reel.tabIndex = -1;
    reel.setAttribute("role", "group");
    reel.setAttribute("aria-label", words.of("reel"));
    this.#keys = new Keys(reel, this.#timeline.slider, this.#entry, {
      at, go, last: steps.last,
      move: (way) => this.#move(way),
      over: (way) => this.#over(way),
      toggle: () => this.#toggle(),
      help: () => this.#menus.toggle("help"),
      escape: () => this.#menus.close() || this.#pause(),
    }, signal);
    changed.addEventListener("change", () => this.#rechoose(), { signal });
    this.#pointing.listen(this.#code, "code", signal);
    this.#pointing.listen(this.#stack, "stack", signal);
    completeForPaper(reel, steps, signal);
    this.#group = reel.dataset.sync ? join(reel.dataset.sync, steps, (step) => this.#show(step, false)) : null;
    this.#watch = new ResizeObserver(() => this.#sentence.reserve(this.#player.clientWidth, this.#syntax()));
    this.#watch.observe(this.#player);
    this.#address = new Address(reel, (step) => this.#arrive(step), signal);
    this.#rechoose();
    this.#address.follow();
  }

  end() {
    this.#pause();
    this.#leaving.abort();
    this.#watch.disconnect();
    this.#group?.leave();
    this.#player.remove();
    this.#reel.classList.remove("sd-live");
  }

  // ---- what it is made of

  #build() {
    const words = this.#words;
    const figure = make("div", { class: "sd-parts", "data-search-exclude": "true" }, this.#code.svg, this.#stack.svg);
    if (this.#source) figure.append(this.#source.element);
    const { first, previous, play, next, last } = {
      first: iconButton("first", words.of("first"), () => this.go(0)),
      previous: iconButton("previous", words.of("previous"), () => this.#move(-1)),
      play: iconButton("play", words.of("play"), () => this.#toggle()),
      next: iconButton("next", words.of("next"), () => this.#move(1)),
      last: iconButton("last", words.of("last"), () => this.go(this.#steps.last)),
    };
    this.#buttons = { first, previous, play, next, last };
    const count = make("span", { class: "sd-count" }, this.#entry, make("span", {}, words.of("of", { last: this.#steps.last })));
    const bar = make(
      "div", { class: "sd-bar", role: "group", "aria-label": words.of("controls") },
      make("div", { class: "sd-group" }, first, previous, play, next, last),
      count, this.#speed(),
      make("div", { class: "sd-group" }, iconButton("link", words.of("link"), () => void this.#copyLink())),
      this.#menus.buttons,
    );
    const panel = make("div", { class: "sd-deck" }, this.#sentence.element, this.#timeline.element, bar, this.#told);
    const details = make(
      "details", { class: "sd-table" },
      make("summary", {}, words.of("table")),
      make("div", { class: "sd-scroll", tabindex: "0", role: "group", "aria-label": words.of("table") }, this.#table),
    );
    details.addEventListener("toggle", () => this.#showTable());
    return make("div", { class: "sd-player sd-fig" }, figure, panel, this.#menus.panels, details);
  }

  #makeEntry() {
    const entry = make("input", {
      type: "text", inputmode: "numeric", autocomplete: "off", class: "sd-entry", "aria-label": this.#words.of("step"),
      size: String(Math.max(2, String(this.#steps.last).length)),
    });
    const enter = () => {
      const wanted = Number.parseInt(entry.value, 10);
      if (Number.isNaN(wanted)) entry.value = String(this.#at);
      else this.go(wanted);
    };
    entry.addEventListener("change", enter);
    entry.addEventListener("focus", () => entry.select());
    entry.addEventListener("keydown", (event) => {
      if (event.key === "Enter") enter();
      else if (event.key === "Escape") entry.value = String(this.#at);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return entry;
  }

  #speed() {
    const select = make("select", { class: "sd-speed", "aria-label": this.#words.of("speed"), title: this.#words.of("speed") });
    const speeds = POSSIBLE.speed.toSorted((a, b) => Number(a) - Number(b));
    for (const speed of speeds) select.append(make("option", { value: speed }, `${speed}×`));
    select.value = choices().speed;
    select.addEventListener("change", () => choose("speed", select.value));
    return select;
  }

  #savePanel() {
    return savePanel(this.#words, {
      "copy svg": () => void this.#copy(this.#svg()),
      "copy text": () => void this.#copy(this.#text()),
      "save svg": () => this.#download("svg", "image/svg+xml", this.#svg()),
      "save png": () => void this.#savePng(),
      "save text": () => this.#download("txt", "text/plain", this.#text()),
      "save html": () => this.#download("html", "text/html", this.#page()),
    });
  }

  // ---- showing a step

  /**
   * Goes to a step because the reader wants it.
   * @param {number} wanted
   */
  go(wanted) {
    this.#pause();
    this.#step(wanted);
  }

  /**
   * Goes some steps on or back; a call that is one step now counts as one.
   * @param {number} by
   */
  #move(by) {
    this.#pause();
    this.#step(this.#beside(by));
  }

  /** @param {number} by */
  #beside(by) {
    const way = by > 0 ? 1 : -1;
    let step = this.#at;
    for (let left = Math.abs(by); left > 0; left--) step = this.#calls.beside(step, way);
    return step;
  }

  /**
   * Goes to the next step in a direction as if all calls were one step.
   * @param {1 | -1} way
   */
  #over(way) {
    this.#pause();
    const wanted = this.#calls.over(this.#at, way);
    const call = this.#calls.to(wanted);
    this.#step(wanted, call?.step === this.#at + 1 ? call : undefined);
  }

  /**
   * Makes a call one step, and goes to its end.
   * @param {import("./calls.js").Call} call
   */
  #close(call) {
    this.#calls.close(call);
    this.#timeline.redraw();
    this.go(call.back);
  }

  /**
   * @param {number} wanted
   * @param {import("./calls.js").Call} [skipped]
   */
  #step(wanted, skipped) {
    const before = this.#at;
    this.#show(wanted, true, skipped);
    if (this.#at === before) return;
    this.#group?.tell(this.#at);
    this.#address.write(this.#at);
  }

  /**
   * Shows the step that the address names.
   * @param {number} step
   */
  #arrive(step) {
    this.#pause();
    this.#show(step, false);
    this.#group?.tell(this.#at);
  }

  /**
   * @param {number} wanted
   * @param {boolean} glide
   * @param {import("./calls.js").Call} [skipped] the call stepped over to come here
   */
  #show(wanted, glide, skipped) {
    const steps = this.#steps;
    const at = Math.min(Math.max(wanted, 0), steps.last);
    this.#at = at;
    if (this.#calls.reveal(at)) this.#timeline.redraw();
    this.#skipped = skipped ?? this.#calls.closedTo(at);
    this.#draw(at, glide);
    const said = steps.said(at);
    this.#source?.show(said);
    this.#timeline.show(at, this.#words.of("at", { step: at, last: steps.last }));
    if (!this.#keys.isTyping) this.#entry.value = String(at);
    this.#say();
    if (this.#told.textContent) this.#tell("");
    for (const name of ["first", "previous"]) disable(this.#buttons[name], at === 0);
    for (const name of ["next", "last"]) disable(this.#buttons[name], at === steps.last);
    this.#showTable();
  }

  /**
   * Draws the panels of a step as the reader wants them.
   * @param {number} at
   * @param {boolean} glide
   */
  #draw(at, glide) {
    const [steps, words, spelling, chosen] = [this.#steps, this.#words, this.#spelling, choices()];
    const said = steps.said(at);
    const syntax = this.#syntax();
    const moves = glide && chosen.order === "up" && !this.#still.matches;
    const isOther = !spelling.isBuilt(syntax);
    const code = (/** @type {Element[]} */ nodes) => {
      adjustCode(nodes, steps, chosen);
      if (isOther) respell(nodes, steps, at, (key) => spelling.line(key, syntax));
    };
    const ends = { higher: words.of("higher"), lower: words.of("lower"), above: words.of("lower above"), below: words.of("higher below") };
    const stack = (/** @type {Element[]} */ nodes) => adjustStack(nodes, steps, at, chosen, ends);
    const isCodeBuilt = chosen.values === "as built" && !isOther;
    const isStackBuilt = chosen.values === "as built" && chosen.offsets === "both" && chosen.order === "up";
    const told = (/** @type {string} */ text) => spelling.retold(text, at, syntax);
    this.#code.show(steps.list("code", at), words.of("code"), told(said.about[0]), isCodeBuilt ? null : code, moves);
    this.#stack.show(steps.list("stack", at), told(said.title), told(said.about[1]), isStackBuilt ? null : stack, moves);
  }

  #syntax() {
    return this.#spelling.chosen(choices());
  }

  #say() {
    this.#sentence.show(this.#at, this.#skipped, this.#syntax(), !this.#playing);
  }

  #showTable() {
    const details = this.#table.closest("details");
    if (details?.open) this.#table.innerHTML = this.#tableParts();
  }

  #tableParts() {
    const caption = this.#spelling.retold(this.#steps.said(this.#at).caption, this.#at, this.#syntax(), escaped);
    const rows = this.#steps.parts("table", this.#at).join("");
    return `<caption>${caption}</caption><thead>${this.#steps.stored.head}</thead><tbody>${rows}</tbody>`;
  }

  #rechoose() {
    const chosen = { ...choices(), syntax: this.#syntax() };
    this.#player.classList.toggle("sd-no-source", chosen.source === "hidden" || !this.#source);
    for (const select of this.#player.querySelectorAll("select[data-choice]")) {
      if (select instanceof HTMLSelectElement) select.value = Object(chosen)[select.dataset.choice ?? ""];
    }
    const speed = this.#player.querySelector(".sd-speed");
    if (speed instanceof HTMLSelectElement) speed.value = chosen.speed;
    this.#code.clear();
    this.#stack.clear();
    this.#show(this.#at, false, this.#skipped);
  }

  // ---- playing

  #toggle() {
    if (this.#playing) return this.#pause();
    if (this.#at === this.#steps.last) this.#step(0);
    this.#mark("pause");
    this.#beat();
  }

  #beat() {
    this.#playing = window.setTimeout(() => {
      this.#step(this.#beside(1));
      if (this.#at === this.#steps.last) this.#pause();
      else this.#beat();
    }, BEAT / Number(choices().speed));
  }

  #pause() {
    if (!this.#playing) return;
    clearTimeout(this.#playing);
    this.#playing = 0;
    this.#mark("play");
    this.#say();
  }

  /** @param {"play" | "pause"} name */
  #mark(name) {
    const button = this.#buttons.play;
    const label = this.#words.of(name);
    const fresh = iconButton(name, label, () => undefined).firstElementChild;
    if (fresh) button.replaceChildren(fresh);
    button.title = label;
    button.setAttribute("aria-label", label);
  }

  /** @param {string} text */
  #tell(text) {
    this.#told.textContent = text;
  }

  // ---- taking it along

  async #copyLink() {
    await this.#copy(this.#address.link(this.#at));
  }

  /** @param {string} text */
  async #copy(text) {
    const done = await copy(text);
    this.#tell(done ? this.#words.of("copied") : this.#words.of("not copied", { text }));
  }

  #svg(scheme = "") {
    return svgDocument(this.#code.svg, this.#stack.svg, scheme);
  }

  #text() {
    const syntax = this.#syntax();
    const [title, ...lines] = this.#spelling.characters(this.#steps.parts("text", this.#at), syntax);
    return `${[this.#spelling.retold(title, this.#at, syntax), ...lines].join("\n")}\n`;
  }

  #page() {
    const said = this.#steps.said(this.#at);
    return pageOf({
      title: this.#spelling.retold(said.title, this.#at, this.#syntax()),
      language: this.#reel.lang || "en",
      said: this.#sentence.parts(this.#at, this.#syntax()).map((part) => (typeof part === "string" ? part : part.outerHTML)).join(""),
      figure: this.#svg(),
      table: `<table>${this.#tableParts()}</table>`,
    });
  }

  async #savePng() {
    const style = getComputedStyle(this.#stack.svg);
    const scheme = style.colorScheme.includes("dark") && !(style.colorScheme.includes("light") && matchMedia("(prefers-color-scheme: light)").matches) ? "dark" : "light";
    const png = await pngOf(this.#svg(scheme), style.getPropertyValue("--sd-ground") || "#fff");
    if (png) download(`${this.#file()}.png`, png);
    else this.#tell(this.#words.of("no png"));
  }

  /**
   * @param {string} ending
   * @param {string} type
   * @param {string} content
   */
  #download(ending, type, content) {
    download(`${this.#file()}.${ending}`, new Blob([content], { type: `${type};charset=utf-8` }));
  }

  #file() {
    return `${this.#reel.id}-${this.#at}`;
  }
}

/**
 * Marks a button as of no use now. Not `disabled`, which would take the focus away, and with it the keys.
 * @param {HTMLButtonElement} button
 * @param {boolean} isOff
 */
function disable(button, isOff) {
  const said = String(isOff);
  if (button.getAttribute("aria-disabled") !== said) button.setAttribute("aria-disabled", said);
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

if (!customElements.get("stack-reel")) customElements.define("stack-reel", StackReel);
