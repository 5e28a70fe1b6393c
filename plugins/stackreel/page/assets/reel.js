// Turns a film strip into a reel: one step at a time, with previous and next.
//
// Without this file every step is on the page. A custom element upgrades itself whenever it is put into a document,
// so nothing has to be started again when a site swaps pages without loading them.

const WORDS = {
  en: { previous: "Previous step", next: "Next step", steps: "Steps", of: "of" },
  zh: { previous: "上一步", next: "下一步", steps: "步骤", of: "/" },
};

const KEYS = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  Home: () => 0,
  End: (_, last) => last,
};

class StackReel extends HTMLElement {
  #steps = [];
  #at = 0;
  #bar = null;
  #leaving = null;

  connectedCallback() {
    this.#steps = [...this.querySelectorAll(":scope > .sd-strip > li")];
    if (this.#steps.length < 2) return;
    this.#bar = this.#makeBar();
    this.prepend(this.#bar);
    this.classList.add("sd-live");
    this.tabIndex = -1;
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    for (const name of ["hashchange", "popstate"]) {
      window.addEventListener(name, () => this.#follow(true), { signal });
    }
    this.#show(0, false);
    this.#follow(false);
  }

  disconnectedCallback() {
    this.#leaving?.abort();
    this.#bar?.remove();
    this.#bar = null;
    this.classList.remove("sd-live");
  }

  #makeBar() {
    const words = WORDS[(this.closest("[lang]")?.lang ?? "").startsWith("zh") ? "zh" : "en"];
    const bar = document.createElement("div");
    bar.className = "sd-bar";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", words.steps);
    const button = (name, label, sign, by) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = name;
      made.title = label;
      made.setAttribute("aria-label", label);
      made.textContent = sign;
      made.addEventListener("click", () => this.#show(this.#at + by, true));
      return made;
    };
    const count = document.createElement("span");
    count.className = "sd-count";
    count.dataset.of = words.of;
    const said = document.createElement("span");
    said.className = "sd-said";
    said.setAttribute("aria-live", "polite");
    bar.append(button("sd-previous", words.previous, "←", -1), count, button("sd-next", words.next, "→", 1), said);
    return bar;
  }

  #key(event) {
    const move = KEYS[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], .sd-scroll")) return;
    event.preventDefault();
    this.#show(move(this.#at, this.#steps.length - 1), true);
  }

  // Shows the step the address names, if it is one of ours.
  #follow(scroll) {
    let name;
    try {
      name = decodeURIComponent(window.location.hash.slice(1));
    } catch {
      return; // not an address of ours: a lone % is allowed in a fragment
    }
    const at = this.#steps.findIndex((step) => name && step.id === name);
    if (at < 0) return;
    this.#show(at, false);
    if (scroll) this.#steps[at].scrollIntoView({ block: "nearest" });
  }

  #show(wanted, aloud) {
    const last = this.#steps.length - 1;
    this.#at = Math.min(Math.max(wanted, 0), last);
    this.#steps.forEach((step, at) => step.classList.toggle("sd-now", at === this.#at));
    const count = this.#bar.querySelector(".sd-count");
    count.textContent = `${this.#at} ${count.dataset.of} ${last}`;
    // A button that is switched off loses the focus, and with it the keys.
    const off = [this.#at === 0 && ".sd-previous", this.#at === last && ".sd-next"].filter(Boolean);
    if (off.some((name) => this.#bar.querySelector(name) === document.activeElement)) this.focus({ preventScroll: true });
    this.#bar.querySelector(".sd-previous").disabled = this.#at === 0;
    this.#bar.querySelector(".sd-next").disabled = this.#at === last;
    const told = this.#steps[this.#at].querySelector("[data-sd-say]");
    if (aloud && told) this.#bar.querySelector(".sd-said").textContent = told.dataset.sdSay;
  }
}

if (!customElements.get("stack-reel")) customElements.define("stack-reel", StackReel);
