// Where the reels of a page are, kept while the browser's tab lives: a site may take the step out of the address
// (Material's navigation.tracking does while one scrolls), so the address alone does not bring a reader back.

const KEPT = "stackreel steps";

/** Whether the page is one the reader came back to, by reloading or through the history; a link leads there anew. */
let isBack = performance.getEntriesByType("navigation").some((entry) => ["reload", "back_forward"].includes(Object(entry).type));
// For sites that swap pages without loading them.
window.addEventListener("popstate", () => (isBack = true));
document.addEventListener("click", ({ target }) => void (target instanceof Element && target.closest("a") && (isBack = false)), true);

/**
 * The step a reel of this page was at, if the reader came back to the page.
 * @param {string} reel
 * @returns {number | null}
 */
export function kept(reel) {
  const step = isBack ? readKept()[location.pathname]?.[reel] : null;
  return Number.isInteger(step) ? Number(step) : null;
}

/**
 * @param {string} reel
 * @param {number} step
 */
export function keep(reel, step) {
  const pages = readKept();
  pages[location.pathname] = { ...pages[location.pathname], [reel]: step };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(pages));
  } catch {
    // storage is forbidden or full: the address has the step
  }
}

/** @returns {Record<string, Record<string, unknown>>} */
function readKept() {
  try {
    return Object(JSON.parse(sessionStorage.getItem(KEPT) ?? "{}"));
  } catch {
    return {}; // storage is forbidden, or holds something else
  }
}
