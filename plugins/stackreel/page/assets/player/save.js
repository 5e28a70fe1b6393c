// Files made of a step: the figure as SVG and PNG, a web page by itself. Nothing is asked of a server.

import { SVG } from "./dom.js";
import { DRAWING_STYLE } from "./style.js";

const GAP = 28;
const MARGIN = 10;
const SCALE = 2;

/** @typedef {{size: [width: number, height: number], svgs: SVGSVGElement[]}} Panel what is drawn in one system of units */

/**
 * One SVG document of panels side by side, with its style. `scheme` fixes light or dark, empty leaves it to who looks
 * at it.
 * @param {Panel[]} panels
 * @param {string} title
 * @param {string} scheme
 */
export function svgDocument(panels, title, scheme = "") {
  const root = svgOf(panels, title);
  const style = document.createElementNS(SVG, "style");
  style.textContent = scheme ? DRAWING_STYLE.replace("color-scheme:light dark", `color-scheme:${scheme}`) : DRAWING_STYLE;
  root.children[1].after(style);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

/**
 * @param {Panel[]} panels
 * @param {string} said
 */
function svgOf(panels, said) {
  const width = panels.reduce((sum, { size }) => sum + size[0] + GAP, -GAP) + 2 * MARGIN;
  const height = Math.max(...panels.map(({ size }) => size[1])) + 2 * MARGIN;
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("class", "sd");
  root.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  root.setAttribute("role", "img");
  const title = document.createElementNS(SVG, "title");
  title.textContent = said;
  const about = document.createElementNS(SVG, "desc");
  about.textContent = panels.map(({ svgs }) => svgs[0].querySelector("desc")?.textContent ?? "").join(" ");
  root.append(title, about);
  let left = 0;
  for (const { size, svgs } of panels) {
    const group = document.createElementNS(SVG, "g");
    if (left) group.setAttribute("transform", `translate(${left})`);
    const children = svgs.flatMap((svg) => [...svg.children]).filter((child) => child.localName !== "desc");
    group.append(...children.map((child) => child.cloneNode(true)));
    root.append(group);
    left += size[0] + GAP;
  }
  return root;
}

/**
 * The drawing as a PNG on a ground; null where the browser does not allow it.
 * @param {string} document
 * @param {string} ground a colour as a canvas knows it
 * @returns {Promise<Blob | null>}
 */
export async function pngOf(document, ground) {
  try {
    const image = new Image();
    // As data, not as an object: policies name `data:` where they allow images that are no files of the site.
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(document)}`;
    await image.decode();
    const canvas = window.document.createElement("canvas");
    canvas.width = image.naturalWidth * SCALE;
    canvas.height = image.naturalHeight * SCALE;
    const pen = canvas.getContext("2d");
    if (!pen) return null;
    pen.fillStyle = ground;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } catch (error) {
    if (error instanceof DOMException) return null; // a policy forbids images made here
    throw error;
  }
}

const PAGE_STYLE =
  ":root{color-scheme:light dark}body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 sans-serif}" +
  "h1{font-size:1.3rem;line-height:1.3}h1,p{overflow-wrap:anywhere}.sd-step-number{font-weight:700}.sd-spoken>code{margin:0 .7em;font-weight:600}" +
  ".sd-note{display:block;margin-top:.3em;padding-left:.6em;border-left:2px solid}.sd-over,.from{opacity:.8}" +
  ".parts{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:start;margin:1.5rem 0}.parts svg{flex:0 1 27rem;min-width:0;max-width:100%;height:auto}" +
  ".rows{overflow-x:auto}table{border-collapse:collapse;font-size:.8rem}caption{padding-bottom:.5em;text-align:start;white-space:normal}" +
  "th,td{padding:.15em .8em .15em 0;border-bottom:1px solid;text-align:start;font-weight:400;white-space:nowrap}";

/**
 * A web page of one step that needs nothing else.
 * @typedef {object} StepPage
 * @property {string} title
 * @property {string} language
 * @property {{name: string, address: string}} from the page it was saved from
 * @property {Node[]} said
 * @property {Panel[]} panels
 * @property {string} caption the author's words below the reel
 * @property {HTMLTableElement} table
 * @param {StepPage} step
 */
export function pageOf({ title, language, from, said, panels, caption, table }) {
  const page = document.implementation.createHTMLDocument(title);
  page.documentElement.lang = language;
  const add = (/** @type {Element} */ parent, /** @type {string} */ name, /** @type {Record<string, string>} */ attributes, /** @type {(string | Node)[]} */ ...children) => {
    const made = page.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    parent.append(made);
    return made;
  };
  page.head.prepend(add(page.head, "meta", { charset: "utf-8" }));
  add(page.head, "meta", { name: "viewport", content: "width=device-width" });
  add(page.head, "style", {}, PAGE_STYLE + DRAWING_STYLE);
  add(page.body, "h1", {}, title);
  add(page.body, "p", { class: "sd-spoken" }, ...said.map((node) => node.cloneNode(true)));
  const parts = add(page.body, "div", { class: "parts" });
  for (const panel of panels) parts.append(svgOf([panel], panel.svgs[0].getAttribute("aria-label") ?? title));
  if (caption) add(page.body, "p", {}, caption);
  add(page.body, "div", { class: "rows", tabindex: "0", role: "group", "aria-label": table.caption?.textContent ?? title }, table);
  const source = add(page.body, "p", { class: "from" });
  // A file's address is a place on its reader's disk.
  if (from.address.startsWith("http")) add(source, "a", { href: from.address }, from.name);
  else source.append(from.name);
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}

/**
 * Hands a file to the reader.
 * @param {string} name
 * @param {Blob} content
 */
export function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
