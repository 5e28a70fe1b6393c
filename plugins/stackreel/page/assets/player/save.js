// Files made of a step: the figure as SVG and PNG, a web page by itself. Nothing is asked of a server.

import { SVG } from "./dom.js";
import { DRAWING_STYLE } from "./style.js";

const GAP = 28;
const SCALE = 2;

/**
 * One SVG document of two panels side by side, with its style. `scheme` fixes light or dark, empty leaves it to
 * who looks at it.
 * @param {SVGSVGElement} code
 * @param {SVGSVGElement} stack
 * @param {string} scheme
 */
export function svgDocument(code, stack, scheme = "") {
  const sizes = [code, stack].map((panel) => panel.viewBox.baseVal);
  const width = sizes[0].width + GAP + sizes[1].width;
  const height = Math.max(...sizes.map((size) => size.height));
  const root = document.createElementNS(SVG, "svg");
  root.setAttribute("class", "sd");
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  root.setAttribute("role", "img");
  const title = document.createElementNS(SVG, "title");
  title.textContent = stack.getAttribute("aria-label");
  const about = document.createElementNS(SVG, "desc");
  about.textContent = [code, stack].map((panel) => panel.querySelector("desc")?.textContent ?? "").join(" ");
  const style = document.createElementNS(SVG, "style");
  style.textContent = scheme ? DRAWING_STYLE.replace("color-scheme:light dark", `color-scheme:${scheme}`) : DRAWING_STYLE;
  root.append(title, about, style);
  [code, stack].forEach((panel, at) => {
    const group = document.createElementNS(SVG, "g");
    if (at) group.setAttribute("transform", `translate(${sizes[0].width + GAP})`);
    for (const child of panel.children) if (child.localName !== "desc") group.append(child.cloneNode(true));
    root.append(group);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

/**
 * The drawing as a PNG on the page's ground; null where the browser does not allow it.
 * @param {string} document
 * @param {string} ground
 * @returns {Promise<Blob | null>}
 */
export async function pngOf(document, ground) {
  const address = URL.createObjectURL(new Blob([document], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
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
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * A web page of one step that needs nothing else.
 * @param {{title: string, language: string, said: string, figure: string, table: string}} step
 */
export function pageOf({ title, language, said, figure, table }) {
  const plain = "body{max-width:60rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 sans-serif}svg{max-width:100%;height:auto}" +
    "table{border-collapse:collapse;font-size:.8rem}th,td{padding:.15em .8em .15em 0;border-bottom:1px solid;text-align:start;font-weight:400}";
  const head = document.createElement("title");
  head.textContent = title;
  const drawing = figure.replace(/^<\?xml.*?\?>\n/, "");
  return (
    `<!doctype html>\n<html lang="${language}">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n` +
    `${head.outerHTML}\n<style>:root{color-scheme:light dark}${plain}</style>\n<p>${said}</p>\n${drawing}${table}\n</html>\n`
  );
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

/**
 * Copies text; false where the browser does not allow it.
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no permission, or no clipboard in an insecure page
  }
}
