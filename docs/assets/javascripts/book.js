/* Small repairs of the page, made again after each instant navigation. Everything reads without it. */
"use strict";

(() => {
  const scrolls = ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
    scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1;

  /* What scrolls must be reachable by keyboard; the theme sees to wide listings only. All are measured
     before one is changed: to change and measure in turn lays out the page each time. */
  const REGIONS =
    ".md-typeset pre > code, .md-typeset__scrollwrap, .bp-formula, .tabbed-labels";
  const focusable = ([element, yes]) => {
    if (yes) {
      if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "0");
    } else if (element.classList.contains("bp-formula") && element.tabIndex === 0) {
      element.removeAttribute("tabindex");
    }
  };
  const sizes = new ResizeObserver((entries) =>
    entries.map(({ target }) => [target, scrolls(target)]).forEach(focusable));

  /* The theme wraps the copy button of every listing in a landmark; a page must not have forty. */
  const quiet = (root) =>
    root.querySelectorAll(".md-code__nav:not([role])").forEach((nav) => nav.setAttribute("role", "none"));

  const seen = new WeakSet();
  const repair = () => {
    quiet(document);
    document.querySelectorAll(REGIONS).forEach((element) => {
      if (!seen.has(element)) sizes.observe(element);
      seen.add(element);
    });
  };

  /* The search does not notice that something was pasted with the mouse, and the box for a query
     would join the lines of a message. */
  document.addEventListener("paste", (event) => {
    const input = event.target;
    if (!input.matches(".md-search__input")) return;
    const text = event.clipboardData.getData("text").replace(/\s+/g, " ");
    event.preventDefault();
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new KeyboardEvent("keyup"));
  });

  const grows = ({ addedNodes }) => [...addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE);
  new MutationObserver((changes) => changes.some(grows) && repair())
    .observe(document.body, { childList: true, subtree: true });
  repair();
})();
