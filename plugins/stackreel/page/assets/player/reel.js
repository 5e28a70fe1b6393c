// <stack-reel>: turns a film strip into a player, one step at a time.
//
// Without this script every step is on the page. A custom element upgrades itself whenever it is put into a
// document, so nothing has to be started again when a site swaps pages without loading them.

import { Address } from "./address.js";
import { adjustCode, adjustStack, respell } from "./adjust.js";
import { Calls } from "./calls.js";
import { CodePanel } from "./codepanel.js";
import { iconButton, make } from "./dom.js";
import { Keys } from "./keys.js";
import { keep, kept } from "./kept.js";
import { gotoPanel, helpPanel, Menus, settingsPanel } from "./menus.js";
import { StackPane } from "./pane.js";
import { Panel } from "./panel.js";
import { Playback } from "./playback.js";
import { Pointing } from "./pointing.js";
import { Sentence } from "./sentence.js";
import { changed, choices, choose, POSSIBLE } from "./settings.js";
import { SourcePanel } from "./source.js";
import { Spelling } from "./spelling.js";
import { readSteps } from "./steps.js";
import { completeForPaper } from "./strip.js";
import { join } from "./sync.js";
import { adjustTable } from "./table.js";
import { Taking } from "./taking.js";
import { Timeline } from "./timeline.js";
import { Words } from "./words.js";

/** @typedef {import("./steps.js").Steps} Steps */

const BRIEF = 5000; // how long is shown what needs no answer

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
  #pane;
  #source;
  #timeline;
  #menus;
  #entry;
  #keys;
  #pointing;
  /** @type {Address} */
  #address;
  #table;
  #sentence;
  #told;
  #taking;
  #player;
  /** @type {HTMLElement} */
  #deck = make("div", { class: "sd-deck" });
  /** @type {Record<string, HTMLButtonElement>} */
  #buttons = {};
  #playback;
  /** Of reels in step, the one in use speaks; until one is, each would. */
  #isQuiet = false;
  #brief = 0;
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
    const { size, parts, sources } = steps.stored;
    this.#code = new CodePanel(`${ident}-code`, steps, words);
    this.#stack = new Panel(`${ident}-stack`, [0, 0, ...size.stack], parts);
    this.#pane = new StackPane(this.#stack.svg, words.of("stack"));
    this.#playback = new Playback(() => this.#play(), () => this.#turned());
    const hasSource = sources.length > 0;
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
    this.#taking = new Taking(words, () => this.#taken(), this.#deck, (...said) => this.#tell(...said));
    this.#menus.add("save", words.of("save"), this.#taking.panel);
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
    for (const panel of this.#code.panels) this.#pointing.listen(panel, "code", signal);
    this.#pointing.listen(this.#stack, "stack", signal);
    completeForPaper(reel, steps, signal);
    this.#group = reel.dataset.sync ? join(reel.dataset.sync, steps, (step) => this.#follow(step)) : null;
    this.#watch = new ResizeObserver(() => this.#fit());
    this.#watch.observe(this.#player);
    window.addEventListener("resize", () => this.#fit(), { signal });
    this.#address = new Address(reel, (step) => this.#arrive(step), signal);
    this.#rechoose();
    if (!this.#address.follow()) this.#resume();
  }

  end() {
    this.#pause();
    clearTimeout(this.#brief);
    this.#leaving.abort();
    this.#watch.disconnect();
    this.#group?.leave();
    this.#player.remove();
    this.#reel.classList.remove("sd-live");
  }

  // ---- what it is made of

  #build() {
    const words = this.#words;
    const { svg, registers, key } = this.#code;
    const figure = make("div", { class: "sd-parts", "data-search-exclude": "true" }, svg, registers, this.#pane.element);
    if (this.#source) figure.append(this.#source.element);
    figure.append(key);
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
      make("div", { class: "sd-group" }, iconButton("link", words.of("link"), () => void this.#taking.copy(this.#address.link(this.#at)))),
      this.#menus.buttons,
    );
    this.#deck.append(this.#sentence.element, this.#timeline.element, bar, this.#told);
    const details = make(
      "details", { class: "sd-table" },
      make("summary", {}, words.of("table")),
      make("div", { class: "sd-scroll", tabindex: "0", role: "group", "aria-label": words.of("table") }, this.#table),
    );
    details.addEventListener("toggle", () => this.#showTable());
    return make("div", { class: "sd-player sd-fig" }, figure, this.#deck, this.#menus.panels, details);
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

  /** Gives what has a height of its own the one it needs in this width and this window. */
  #fit() {
    this.#sentence.reserve(this.#player.clientWidth, this.#syntax());
    const [code, pane] = [this.#code.svg, this.#pane.element].map((each) => each.getBoundingClientRect());
    const above = pane.left < code.right ? pane.top - code.top : 0;
    const deck = this.#deck.offsetHeight + pixels(getComputedStyle(this.#deck).bottom);
    this.#pane.fit(innerHeight - pixels(getComputedStyle(this.#reel).scrollMarginTop) - above - deck);
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
    this.#isQuiet = false;
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
    keep(this.#reel.id, this.#at);
    this.#group?.tell(this.#at);
  }

  /**
   * Shows the step that another reel of the group has gone to.
   * @param {number} step
   */
  #follow(step) {
    this.#pause();
    this.#isQuiet = true;
    this.#show(step, false);
    keep(this.#reel.id, this.#at);
  }

  /** Shows the step that the group is at, or that the reader left when the page was last open. */
  #resume() {
    if (this.#group && this.#group.at !== null) return this.#show(this.#group.at, false);
    const step = kept(this.#reel.id);
    if (step === null) return;
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
    this.#pane.show(this.#spans(at));
  }

  /**
   * Where in the stack something happens at a step: what is written, the stack pointer, what is read.
   * @param {number} at
   * @returns {import("./pane.js").Span[]}
   */
  #spans(at) {
    const [top, bottom] = this.#steps.stored.field;
    const cells = this.#steps.cells(at).filter(({ mark }) => mark);
    /** @type {(mark: string) => [number, number][]} */
    const marked = (mark) => cells.filter((cell) => cell.mark === mark).map((cell) => [cell.top, cell.top + cell.height]);
    const pointer = this.#stack.pointer;
    const spans = [...marked("w"), ...(pointer === null ? [] : [[pointer, pointer + 14]]), ...marked("r")];
    return spans.map(([low, high]) => (choices().order === "down" ? [top + bottom - high, top + bottom - low] : [low, high]));
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
    const ends = {
      higher: words.of("higher"), lower: words.of("lower"), below: words.of("higher below"),
      above: words.of("lower above"), aboveShort: words.of("lower above short"),
    };
    const stack = (/** @type {Element[]} */ nodes) => adjustStack(nodes, steps, at, chosen, ends);
    const isCodeBuilt = chosen.values === "as built" && !isOther;
    const isStackBuilt = chosen.values === "as built" && chosen.offsets === "both" && chosen.order === "up";
    const told = (/** @type {string} */ text) => spelling.retold(text, at, syntax);
    this.#code.show(at, words.of("code"), told(said.about[0]), isCodeBuilt ? null : code, moves);
    this.#stack.show(steps.list("stack", at), told(said.title), told(said.about[1]), isStackBuilt ? null : stack, moves);
  }

  #syntax() {
    return this.#spelling.chosen(choices());
  }

  #say() {
    this.#sentence.show(this.#at, this.#skipped, this.#syntax(), !this.#playback.isOn && !this.#isQuiet);
  }

  #showTable() {
    const details = this.#table.closest("details");
    if (details?.open) this.#fill(this.#table);
  }

  /** @param {HTMLTableElement} table */
  #fill(table) {
    const caption = this.#spelling.retold(this.#steps.said(this.#at).caption, this.#at, this.#syntax(), escaped);
    const rows = this.#steps.rows(this.#at);
    table.innerHTML = `<caption>${caption}</caption><thead>${this.#steps.stored.head}</thead><tbody>${rows}</tbody>`;
    adjustTable(table, choices());
    return table;
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
    if (this.#playback.isOn) return this.#pause();
    if (this.#at === this.#steps.last) this.#step(0);
    this.#isQuiet = false;
    this.#group?.tell(this.#at); // another one that plays stops
    this.#playback.begin();
  }

  /** Goes on by one step; false at the last one. */
  #play() {
    this.#step(this.#beside(1));
    return this.#at < this.#steps.last;
  }

  #pause() {
    this.#playback.end();
  }

  #turned() {
    this.#mark(this.#playback.isOn ? "pause" : "play");
    if (!this.#playback.isOn) this.#say();
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

  /**
   * @param {string} text
   * @param {boolean} isBrief whether it goes away by itself
   */
  #tell(text, isBrief = false) {
    clearTimeout(this.#brief);
    this.#told.textContent = text;
    if (isBrief) this.#brief = window.setTimeout(() => this.#tell(""), BRIEF);
  }

  // ---- taking it along

  /** @returns {import("./taking.js").Taken} */
  #taken() {
    const [at, syntax, { size }] = [this.#at, this.#syntax(), this.#steps.stored];
    const [first, ...lines] = this.#spelling.characters(this.#steps.text(at).trimEnd().split("\n"), syntax);
    const heading = this.#spelling.retold(this.#steps.said(at).title, at, syntax);
    const place = this.#words.of("at", { step: at, last: this.#steps.last });
    return {
      file: `${this.#reel.id}-${at}`,
      text: `${[this.#spelling.retold(first, at, syntax), ...lines].join("\n")}\n`,
      heading,
      page: {
        title: `${heading} (${place})`,
        language: this.#reel.lang || "en",
        from: { name: document.title, address: `${location.href.split("#")[0]}#${this.#reel.id}:${at}` },
        said: this.#sentence.parts(at, syntax).map((part) => (typeof part === "string" ? new Text(part) : part)),
        panels: [
          { size: size.code, svgs: this.#code.svgs },
          { size: size.stack, svgs: [this.#stack.svg] },
        ],
        caption: this.#reel.querySelector(":scope > .sd-caption")?.textContent ?? "",
        table: this.#fill(make("table")),
      },
    };
  }
}

/** @param {string} length as computed styles have it; 0 for what is no number */
function pixels(length) {
  return Number.parseFloat(length) || 0;
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
