// The core of the player's tests in Firefox, over WebDriver BiDi: one JSON object, a case's name to what is wrong.
//
// node firefox.mjs FOLDER-OF-PUPPETEER-CORE FIREFOX SITE-ADDRESS FILE-ADDRESS LAST-STEP

import assert from "node:assert/strict";

const [folder, firefox, site, file, lastStep] = process.argv.slice(2);
const { default: puppeteer } = await import(`${folder}/lib/esm/puppeteer/puppeteer-core.js`);
const LAST = Number(lastStep);
const CODE = ".sd-player .sd-parts > svg, .sd-player .sd-registers svg"; // the drawings a panel consists of
const STACK = ".sd-player .sd-pane svg";

async function at(page, step, reel = "stack-reel") {
  await page.waitForFunction((name, wanted) => document.querySelector(`${name} .sd-entry`)?.value === wanted, { timeout: 8000 }, reel, String(step));
}

async function begin(page, step = 0, path = "") {
  await page.goto(`${site}${path}${step ? `#sum-sum:${step}` : ""}`);
  await at(page, step);
  await page.click(".sd-spoken");
}

const seen = (page, selector) => page.$eval(selector, (element) => element.textContent);
const choose = (page, name, value) => page.select(`select[data-choice=${name}]`, value);

/** Clicks a text of a panel, `right` pixels from where it begins. */
async function point(page, panel, content, right = 6, shift = false) {
  const place = await page.evaluate((which, wanted) => {
    const texts = [...document.querySelectorAll(which)].flatMap((svg) => [...svg.querySelectorAll("text")]);
    const text = texts.find((each) => each.textContent === wanted);
    text.scrollIntoView({ block: "center" });
    const box = text.getBoundingClientRect();
    return { x: box.left, y: box.top + box.height / 2 };
  }, panel, content);
  if (shift) await page.keyboard.down("Shift");
  await page.mouse.click(place.x + right, place.y);
  if (shift) await page.keyboard.up("Shift");
}

const USUAL = {
  async buttons(page) {
    await begin(page);
    for (const [name, step] of [["next", 1], ["next", 2], ["previous", 1], ["last", LAST], ["first", 0]]) {
      await page.click(`.sd-bar .sd-${name}`);
      await at(page, step);
    }
  },
  async keys(page) {
    await begin(page);
    for (const [key, step] of [["ArrowRight", 1], ["ArrowRight", 2], ["ArrowLeft", 1], ["End", LAST], ["Home", 0]]) {
      await page.keyboard.press(key);
      await at(page, step);
    }
    await page.keyboard.type("10");
    await page.keyboard.press("Enter");
    await at(page, 10);
    await page.keyboard.type("?");
    assert.equal(await page.$eval(".sd-help-panel", (panel) => panel.hidden), false);
    await page.keyboard.press("Escape");
    assert.equal(await page.$eval(".sd-help-panel", (panel) => panel.hidden), true);
    await page.keyboard.press("Home");
    await page.keyboard.press(" ");
    await page.waitForSelector(".sd-play[aria-label=Pause]");
    await page.keyboard.press(" ");
    await page.waitForSelector(".sd-play[aria-label=Play]");
  },
  async "slider and wheel"(page) {
    await begin(page, 5);
    await page.focus(".sd-slider");
    await page.keyboard.press("ArrowUp");
    await at(page, 6);
    assert.equal(await page.$eval(".sd-slider", (slider) => slider.getAttribute("aria-valuetext")), `Step 6 of ${LAST}`);
    await page.hover(".sd-slider");
    const scrolled = await page.evaluate("scrollY");
    await page.mouse.wheel({ deltaY: 80 });
    await page.waitForFunction(() => document.querySelector(".sd-entry").value !== "6");
    assert.ok(Number(await page.$eval(".sd-entry", (entry) => entry.value)) > 6);
    assert.equal(await page.evaluate("scrollY"), scrolled);
  },
  async "pointing at code, registers and bytes"(page) {
    await begin(page, 3);
    await point(page, CODE, "0x401116 <+16>");
    await at(page, 7);
    await page.keyboard.press("End");
    await at(page, LAST);
    await point(page, CODE, "rbp");
    await at(page, 10);
    await point(page, CODE, "rbp");
    await at(page, 2);
    await point(page, CODE, "rbp", 6, true);
    await at(page, 10);
    await point(page, STACK, "s", 60);
    await at(page, 8);
  },
  async "links and the back button"(page) {
    await begin(page, 4);
    const length = await page.evaluate("history.length");
    await page.click(".sd-next");
    await page.waitForFunction(() => location.hash === "#sum-sum:5");
    assert.equal(await page.evaluate("history.length"), length);
    await page.evaluate(() => void (location.hash = "#sum-sum:2"));
    await at(page, 2);
    await page.evaluate(() => history.back());
    await at(page, 5);
  },
  async "instant navigation"(page) {
    await page.goto(`${site}other/`);
    await page.waitForFunction(() => document.querySelector("article a[href*='sum-sum']"));
    await page.evaluate(() => void (window.kept = true));
    await page.evaluate(() => document.querySelector("article a[href*='sum-sum']").click());
    await at(page, 6);
    assert.equal(await page.evaluate("window.kept"), true);
  },
  async "reels in step"(page) {
    await page.goto(`${site}pair/`);
    await at(page, 0, "#one");
    await page.click("#one .sd-next");
    await at(page, 1, "#two");
    await page.click("#two .sd-last");
    await at(page, LAST, "#one");
  },
  async "settings are kept"(page) {
    await begin(page, 8);
    await page.click(".sd-settings");
    await choose(page, "syntax", "intel");
    assert.match(await seen(page, ".sd-spoken"), /mov DWORD PTR \[rbp-0x4\],eax/);
    await choose(page, "values", "hex");
    await choose(page, "order", "down");
    await page.reload();
    await at(page, 8);
    assert.match(await seen(page, ".sd-player .sd-parts svg"), /DWORD PTR \[rbp-0x4\],eax/);
    assert.match(await seen(page, STACK), /0x3/);
    await page.evaluate(() => localStorage.clear());
  },
  async "a call opens and closes"(page) {
    await page.goto(`${site}whole/`);
    await at(page, 0);
    const [[call, back]] = await page.$eval("stack-reel", (reel) => JSON.parse(reel.dataset.steps).calls);
    await page.evaluate((step) => void (location.hash = `#whole:${step}`), call);
    await at(page, call);
    await page.click(".sd-call");
    await at(page, back);
    await page.keyboard.press("ArrowLeft");
    await at(page, call - 1);
    await page.keyboard.press("ArrowRight");
    await at(page, back);
    await page.click(".sd-call");
    await at(page, call);
  },
  async "arrows are part of the drawing"(page) {
    await begin(page, LAST - 2);
    const [inside, outside] = await page.evaluate(() => {
      const arrows = [...document.querySelectorAll(".sd-player path.ln, .sd-player path.ar")];
      const over = [...document.querySelectorAll("canvas, .sd-player > svg, body > svg:not(.md-icon)")].filter((each) => !each.closest(".sd-parts, button"));
      return [arrows.filter((arrow) => arrow.closest("svg.sd")).length, over.length];
    });
    assert.ok(inside > 0);
    assert.equal(outside, 0);
  },
  async "narrow and wide"(page) {
    for (const width of [320, 1280]) {
      await page.setViewport({ width, height: 900 });
      await begin(page, 8);
      assert.ok((await page.evaluate("document.documentElement.scrollWidth")) <= width);
    }
  },
  async "a strict policy"(page) {
    await page.goto(`${site}strict/`);
    await at(page, 0);
    await page.click(".sd-next");
    await at(page, 1);
  },
  async "from the disk, a long run, on paper"(page) {
    await page.goto(file);
    await at(page, 0);
    await page.click(".sd-last");
    assert.ok((await page.$$eval(".sd-brief", (all) => all.length)) > 0);
    await page.evaluate(() => void window.dispatchEvent(new Event("beforeprint")));
    const [steps, drawn] = await page.$eval(".sd-strip", (strip) => [strip.children.length, strip.querySelectorAll("svg").length]);
    assert.ok(steps > 60);
    assert.equal(drawn, steps);
  },
  async "without scripts every step is there"(page) {
    await page.setRequestInterception(true); // a Firefox whose scripts are switched off cannot be asked anything
    page.on("request", (request) => void (/\.js$/.test(request.url()) ? request.abort() : request.continue()));
    await page.goto(site);
    const shown = await page.$$eval(".sd-strip > li svg", (all) => all.filter((each) => each.getBoundingClientRect().height > 0).length);
    assert.equal(shown, LAST + 1);
    assert.equal(await page.$(".sd-player"), null);
  },
};

/** Where the theme's own inline scripts fail for want of others or of permission; the player's do not. */
const THEME_FAILS = new Set(["a strict policy", "without scripts every step is there"]);

const DARK_AND_STILL = {
  async "dark, and no motion"(page) {
    await begin(page, 1);
    const ink = await page.$eval(".sd-player .sd text", (text) => getComputedStyle(text).fill);
    assert.ok(/rgb\((\d+)/.exec(ink)[1] > 128, ink);
    const moving = await page.evaluate(() => {
      document.querySelector(".sd-next").click();
      return document.querySelector("stack-reel").getAnimations({ subtree: true }).length;
    });
    assert.equal(moving, 0);
  },
};

const found = {};

async function run(cases, extraPrefsFirefox = {}) {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox, headless: true, extraPrefsFirefox });
  for (const [name, check] of Object.entries(cases)) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    try {
      await page.setViewport({ width: 1280, height: 900 });
      await check(page);
      if (!THEME_FAILS.has(name)) assert.deepEqual(errors, []);
      found[name] = "";
    } catch (error) {
      found[name] = String(error.stack ?? error);
    }
    await context.close();
  }
  await browser.close();
}

await run(USUAL);
await run(DARK_AND_STILL, { "ui.systemUsesDarkTheme": 1, "ui.prefersReducedMotion": 1, "layout.css.prefers-color-scheme.content-override": 0 });
console.log(JSON.stringify(found));
