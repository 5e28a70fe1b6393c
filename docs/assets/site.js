// A code block's copy button stands in a <nav>, one a block and none with a name: as landmarks they tell nobody
// anything, so they are none. The theme makes them when their block comes into sight.
{
  const calm = () => {
    for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.setAttribute("role", "none");
  };
  calm();
  new MutationObserver(calm).observe(document.body, { childList: true, subtree: true });
}
