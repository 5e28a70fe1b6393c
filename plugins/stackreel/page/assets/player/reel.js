// <stack-reel>: turns a film strip into a player, one step at a time.
//
// Without this script every step is on the page. A custom element upgrades itself whenever it is put into a
// document, so nothing has to be started again when a site swaps pages without loading them.

import { adjustCode, adjustStack, inside } from "./adjust.js";
import { iconButton, make } from "./dom.js";
import { gotoPanel, helpPanel, Menus, savePanel, settingsPanel } from "./menus.js";
import { Panel } from "./panel.js";
import { copy, download, pageOf, pngOf, svgDocument } from "./save.js";
import { changed, choices, choose, POSSIBLE } from "./settings.js";
import { SourcePanel } from "./source.js";
import { readSteps } from "./steps.js";
import { join } from "./sync.js";
import { Timeline } from "./timeline.js";
import { Words } from "./words.js";

/** @typedef {import("./steps.js").Steps} Steps */

const BEAT = 1000;
const ADDRESS_PAUSE = 250; // browsers allow few changes of the address in a row
const DIGITS_PAUSE = 3000;
const LONGEST = 5; // sentences that are tried to find the highest

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
  #at = 0;
  #leaving = new AbortController();
  #code;
  #stack;
  #source;
  #timeline;
  #menus;
  #entry;
  #table;
  #said;
  #told;
  #player;
  /** @type {Record<string, HTMLButtonElement>} */
  #buttons = {};
  #playing = 0;
  #digits = "";
  #digitsTimer = 0;
  #addressTimer = 0;
  #group;
  #fillGoto;
  #width = 0;
  #watch;

  /**
   * @param {HTMLElement} reel
   * @param {Steps} steps
   */
  constructor(reel, steps) {
    this.#reel = reel;
    this.#steps = steps;
    this.#words = new Words(reel);
    const words = this.#words;
    const ident = `${reel.id}-player`;
    this.#code = new Panel(`${ident}-code`, steps.stored.size.code, steps.stored.parts);
    this.#stack = new Panel(`${ident}-stack`, steps.stored.size.stack, steps.stored.parts);
    const hasSource = steps.stored.sources.length > 0;
    this.#source = hasSource ? new SourcePanel(steps, words, (...line) => this.#toSource(...line)) : null;
    this.#timeline = new Timeline(steps, words, (step) => this.go(step), (by) => this.go(this.#at + by));
    this.#menus = new Menus(ident);
    this.#entry = this.#makeEntry();
    this.#table = make("table", { class: "sd-cells" });
    this.#said = make("p", { class: "sd-now-said" });
    this.#told = make("p", { class: "sd-told", role: "status" });
    const goto = gotoPanel(words, () => this.#offered(), (value, way) => this.#toOffered(value, way));
    this.#fillGoto = goto.fill;
    this.#menus.add("goto", words.of("goto"), goto.panel, goto.fill);
    this.#menus.add("save", words.of("save"), this.#savePanel());
    this.#menus.add("settings", words.of("settings"), settingsPanel(words, hasSource));
    this.#menus.add("help", words.of("help"), helpPanel(words));
    this.#player = this.#build();
    const { signal } = this.#leaving;
    reel.prepend(this.#player);
    reel.classList.add("sd-live");
    reel.tabIndex = -1;
    reel.setAttribute("role", "group");
    reel.setAttribute("aria-label", words.of("reel"));
    reel.addEventListener("keydown", (event) => this.#key(event), { signal });
    for (const name of ["hashchange", "popstate"]) window.addEventListener(name, () => this.#follow(), { signal });
    changed.addEventListener("change", () => this.#rechoose(), { signal });
    this.#listen(this.#code.svg, (event) => this.#onCode(event));
    this.#listen(this.#stack.svg, (event) => this.#onStack(event));
    this.#group = reel.dataset.sync ? join(reel.dataset.sync, steps, (step) => this.#show(step, false)) : null;
    this.#watch = new ResizeObserver(() => this.#reserve());
    this.#watch.observe(this.#player);
    this.#rechoose();
    this.#show(0, false);
    this.#follow();
  }

  end() {
    this.#pause();
    clearTimeout(this.#addressTimer);
    clearTimeout(this.#digitsTimer);
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
      previous: iconButton("previous", words.of("previous"), () => this.go(this.#at - 1)),
      play: iconButton("play", words.of("play"), () => this.#toggle()),
      next: iconButton("next", words.of("next"), () => this.go(this.#at + 1)),
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
    const panel = make("div", { class: "sd-deck" }, this.#said, this.#timeline.element, bar, this.#told);
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

  /** @param {number} wanted */
  #step(wanted) {
    const before = this.#at;
    this.#show(wanted, true);
    if (this.#at === before) return;
    this.#group?.tell(this.#at);
    clearTimeout(this.#addressTimer);
    this.#addressTimer = window.setTimeout(() => this.#writeAddress(), ADDRESS_PAUSE);
  }

  /**
   * @param {number} wanted
   * @param {boolean} glide
   */
  #show(wanted, glide) {
    const steps = this.#steps;
    const at = Math.min(Math.max(wanted, 0), steps.last);
    this.#at = at;
    const said = steps.said(at);
    const chosen = choices();
    const words = this.#words;
    const isAdjusted = chosen.values !== "as built" || chosen.offsets !== "both" || chosen.order !== "up";
    const moves = glide && chosen.order === "up" && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isAdjusted) {
      this.#code.clear();
      this.#stack.clear();
    }
    this.#code.show(steps.list("code", at), words.of("code"), said.about[0], (nodes) => adjustCode(nodes, steps, chosen), moves);
    const ends = { higher: words.of("higher"), lower: words.of("lower"), above: words.of("lower above"), below: words.of("higher below") };
    this.#stack.show(steps.list("stack", at), said.title, said.about[1], (nodes) => adjustStack(nodes, steps, at, chosen, ends), moves);
    this.#source?.show(said);
    this.#timeline.show(at, words.of("at", { step: at, last: steps.last }));
    if (!this.#digits) this.#entry.value = String(at);
    this.#said.setAttribute("aria-live", this.#playing ? "off" : "polite");
    this.#said.replaceChildren(...this.#sentence(at));
    this.#told.textContent = "";
    for (const [name, off] of /** @type {[string, boolean][]} */ ([
      ["first", at === 0], ["previous", at === 0], ["next", at === steps.last], ["last", at === steps.last],
    ])) {
      // Not `disabled`, which would take the focus away, and with it the keys.
      this.#buttons[name].setAttribute("aria-disabled", String(off));
    }
    this.#showTable();
  }

  /**
   * What is said of a step.
   * @param {number} step
   */
  #sentence(step) {
    const { code, say, note, kind } = this.#steps.said(step);
    const parts = [make("span", { class: "sd-step-number" }, String(step)), " ", make("code", {}, code ?? this.#words.of("start")), " "];
    const told = make("span", { class: "sd-what" }, say ?? "");
    parts.push(told);
    if (kind === "over") parts.push(" ", make("span", { class: "sd-over" }, this.#words.of("over")));
    if (note) {
      const words = make("span", { class: "sd-note" });
      words.innerHTML = note;
      parts.push(" ", words);
    }
    return parts;
  }

  #showTable() {
    const details = this.#table.closest("details");
    if (!details?.open) return;
    const head = make("thead");
    head.innerHTML = this.#steps.stored.head;
    const body = make("tbody");
    body.innerHTML = this.#steps.parts("table", this.#at).join("");
    const caption = make("caption");
    caption.innerHTML = this.#steps.said(this.#at).caption;
    this.#table.replaceChildren(caption, head, body);
  }

  /** Gives the sentence the height of the highest one, so that nothing below it moves. */
  #reserve() {
    const width = this.#player.clientWidth;
    if (!width || width === this.#width) return;
    this.#width = width;
    const trial = this.#said.cloneNode(false);
    if (!(trial instanceof HTMLElement)) return;
    trial.classList.add("sd-trial");
    trial.removeAttribute("aria-live");
    trial.setAttribute("aria-hidden", "true");
    this.#said.after(trial);
    const lengths = this.#steps.stored.steps.map(({ code = "", say = "", note = "", kind }, step) => ({
      step, length: code.length + say.length + note.length + (kind === "over" ? this.#words.of("over").length : 0),
    }));
    lengths.sort((a, b) => b.length - a.length);
    const heights = lengths.slice(0, LONGEST).map(({ step }) => {
      trial.replaceChildren(...this.#sentence(step));
      return trial.offsetHeight;
    });
    trial.remove();
    this.#said.style.minHeight = `${Math.max(...heights)}px`;
  }

  #rechoose() {
    const chosen = choices();
    this.#player.classList.toggle("sd-no-source", chosen.source === "hidden" || !this.#source);
    for (const select of this.#player.querySelectorAll("select[data-choice]")) {
      if (select instanceof HTMLSelectElement) select.value = Object(chosen)[select.dataset.choice ?? ""];
    }
    const speed = this.#player.querySelector(".sd-speed");
    if (speed instanceof HTMLSelectElement) speed.value = chosen.speed;
    this.#code.clear();
    this.#stack.clear();
    this.#show(this.#at, false);
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
      this.#step(this.#at + 1);
      if (this.#at === this.#steps.last) this.#pause();
      else this.#beat();
    }, BEAT / Number(choices().speed));
  }

  #pause() {
    if (!this.#playing) return;
    clearTimeout(this.#playing);
    this.#playing = 0;
    this.#mark("play");
    this.#said.setAttribute("aria-live", "polite");
    this.#said.replaceChildren(...this.#sentence(this.#at));
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

  // ---- keys

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = event.target;
    if (event.altKey || event.ctrlKey || event.metaKey || !(target instanceof Element)) return;
    if (target !== this.#timeline.slider && target.closest("input, select, textarea, .sd-scroll")) {
      if (event.key === "Escape") this.#escape();
      return;
    }
    const act = this.#act(event, target);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /**
   * What a key does here, if anything.
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @returns {(() => unknown) | null}
   */
  #act({ key, shiftKey }, target) {
    if (/^\d$/.test(key)) return () => this.#digit(key);
    if (key === "Enter") return this.#digits ? () => this.#enter() : null;
    if (key === "Escape") return () => this.#escape();
    if (key === " ") return target.closest("button, a, summary") ? null : () => this.#toggle();
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.go(shiftKey ? this.#over(-1) : this.#at - 1),
      ArrowRight: () => this.go(shiftKey ? this.#over(1) : this.#at + 1),
      Home: () => this.go(0),
      End: () => this.go(this.#steps.last),
      "?": () => this.#menus.toggle("help"),
    };
    if (target === this.#timeline.slider) {
      keys.ArrowUp = keys.ArrowRight;
      keys.ArrowDown = keys.ArrowLeft;
    }
    return keys[key] ?? null;
  }

  /**
   * The next step in a direction that is not deeper in calls than this one.
   * @param {1 | -1} way
   */
  #over(way) {
    const depths = this.#steps.depths();
    const found = this.#steps.seek(this.#at, way, (step) => depths[step] <= depths[this.#at]);
    return found < 0 ? this.#at + way : found;
  }

  /** @param {string} digit */
  #digit(digit) {
    this.#digits = (this.#digits + digit).slice(-String(this.#steps.last).length);
    this.#entry.value = this.#digits;
    this.#entry.classList.add("sd-typing");
    clearTimeout(this.#digitsTimer);
    this.#digitsTimer = window.setTimeout(() => this.#giveUp(), DIGITS_PAUSE);
  }

  #enter() {
    const wanted = Number(this.#digits);
    this.#giveUp();
    this.go(wanted);
  }

  #giveUp() {
    clearTimeout(this.#digitsTimer);
    this.#digits = "";
    this.#entry.classList.remove("sd-typing");
    this.#entry.value = String(this.#at);
  }

  #escape() {
    if (this.#digits) this.#giveUp();
    else if (!this.#menus.close()) this.#pause();
  }

  // ---- pointing

  /**
   * @param {SVGSVGElement} svg
   * @param {(event: MouseEvent) => {act: () => void} | null} find
   */
  #listen(svg, find) {
    const { signal } = this.#leaving;
    svg.addEventListener("click", (event) => find(event)?.act(), { signal });
    svg.addEventListener("mousemove", (event) => svg.classList.toggle("sd-can", find(event) !== null), { signal });
  }

  /** @param {MouseEvent} event */
  #onCode(event) {
    const { x, y } = this.#code.point(event);
    const { lines, registers } = this.#steps.stored;
    const line = lines.findIndex((spot) => inside(x, y, ...spot));
    const key = line < 0 ? "" : this.#steps.parts("keys", this.#at)[line];
    const way = event.shiftKey ? -1 : 1;
    if (key) return { act: () => this.#toInstruction(key, way) };
    const register = registers.findIndex(([, ...spot]) => inside(x, y, ...spot));
    return register < 0 ? null : { act: () => this.#toRegister(register, event.shiftKey ? 1 : -1) };
  }

  /** @param {MouseEvent} event */
  #onStack(event) {
    const point = this.#stack.point(event);
    const { field, bytes } = this.#steps.stored;
    const y = choices().order === "down" ? field[0] + field[1] - point.y : point.y;
    const right = Math.max(...bytes.map((spot) => spot[2] + spot[4]));
    const cell = point.x <= right ? this.#steps.cells(this.#at).find(({ top, height }) => top <= y && y < top + height) : null;
    return cell ? { act: () => this.#toBytes(cell.address, cell.size, event.shiftKey ? 1 : -1) } : null;
  }

  /**
   * @param {string} key
   * @param {1 | -1} way
   */
  #toInstruction(key, way) {
    this.#seek(key, way, (step) => this.#steps.executed(step) === key);
  }

  /**
   * @param {string} file
   * @param {number} line
   * @param {boolean} back
   */
  #toSource(file, line, back) {
    const is = (/** @type {number} */ step) => {
      const said = this.#steps.said(step).line;
      return said?.[0] === file && said[1] === line;
    };
    const way = back ? -1 : 1;
    this.#seek(`${file.slice(file.lastIndexOf("/") + 1)}:${line}`, way, (step) => is(step) && !(step > 0 && is(step - 1)));
  }

  /**
   * Goes to where something is executed again; past the end, to the first time.
   * @param {string} what
   * @param {1 | -1} way
   * @param {(step: number) => boolean} is
   */
  #seek(what, way, is) {
    const found = this.#steps.seek(this.#at, way, is);
    if (found >= 0) return this.go(found);
    const first = this.#steps.seek(way > 0 ? -1 : this.#steps.last + 1, way, is);
    if (first >= 0 && first !== this.#at) this.go(first);
    this.#tell(this.#words.of(first < 0 ? "not executed" : "again", { what }));
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
    this.#toWriter(`0x${address.toString(16)}`, way, (step) => this.#steps.wrote(step, address, size));
  }

  /**
   * @param {string} what
   * @param {1 | -1} way
   * @param {(step: number) => boolean} is
   */
  #toWriter(what, way, is) {
    const found = this.#steps.seek(this.#at, way, is);
    if (found >= 0) this.go(found);
    else this.#tell(this.#words.of(way < 0 ? "never before" : "never after", { what }));
  }

  /** @returns {[string, [string, string][]][]} */
  #offered() {
    const steps = this.#steps;
    const words = this.#words;
    const code = steps.parts("keys", this.#at);
    const text = new Map(steps.stored.steps.map((said, step) => [steps.executed(step), said.code ?? ""]));
    return [
      [words.of("goto registers"), steps.stored.registers.map(([name], at) => [`r${at}`, name])],
      [words.of("goto slots"), steps.cells(this.#at).map(({ address, size, label }) => [`s${address}:${size}`, `0x${address.toString(16)} ${label}`])],
      [words.of("goto code"), code.filter((key) => text.has(key) && key).map((key) => [`c${key}`, `${key} ${text.get(key)}`])],
    ];
  }

  /**
   * @param {string} value
   * @param {1 | -1} way
   */
  #toOffered(value, way) {
    const [kind, rest] = [value[0], value.slice(1)];
    const [address, size] = rest.split(":");
    if (kind === "r") this.#toRegister(Number(rest), way);
    if (kind === "s") this.#toBytes(BigInt(address), Number(size), way);
    if (kind === "c") this.#toInstruction(rest, way);
    this.#fillGoto();
  }

  /** @param {string} text */
  #tell(text) {
    this.#told.textContent = text;
  }

  // ---- the address

  /** Shows the step the address names, if it is one of ours, and brings the reel into sight. */
  #follow() {
    let name;
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // not an address of ours: a lone % is allowed in a fragment
    }
    const [reel, step] = [name.slice(0, name.lastIndexOf(":")), name.slice(name.lastIndexOf(":") + 1)];
    if (reel !== this.#reel.id || !/^\d+$/.test(step)) return;
    this.#pause();
    this.#show(Number(step), false);
    this.#group?.tell(this.#at);
    const bring = () => this.#reel.scrollIntoView({ block: "start" });
    bring();
    // Once more when the reels above have found their heights, and the site has put the page where it wants it.
    requestAnimationFrame(() => setTimeout(bring));
  }

  #name() {
    return `${this.#reel.id}:${this.#at}`;
  }

  #writeAddress() {
    if (location.hash.slice(1) !== this.#name()) history.replaceState(history.state, "", `#${this.#name()}`);
  }

  // ---- taking it along

  async #copyLink() {
    this.#writeAddress();
    await this.#copy(`${location.href.split("#")[0]}#${this.#name()}`);
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
    return `${this.#steps.parts("text", this.#at).join("\n")}\n`;
  }

  #page() {
    const said = this.#steps.said(this.#at);
    return pageOf({
      title: said.title,
      language: this.#reel.lang || "en",
      said: this.#sentence(this.#at).map((part) => (typeof part === "string" ? part : part.outerHTML)).join(""),
      figure: this.#svg(),
      table: `<table><caption>${said.caption}</caption><thead>${this.#steps.stored.head}</thead><tbody>${this.#steps.parts("table", this.#at).join("")}</tbody></table>`,
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

if (!customElements.get("stack-reel")) customElements.define("stack-reel", StackReel);
