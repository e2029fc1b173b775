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
    document.querySelectorAll(".bp-along[data-src]").forEach((fold) => near.observe(fold));
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

  /* A copied block brings what it needs, which stands in a fold below it: Material's button takes
     `data-copy`, if there is one. */
  document.addEventListener("click", ({ target }) => {
    const listing = target.closest("[data-clipboard-target]")?.closest("[data-cut]");
    if (!listing) return;
    const cut = listing.dataset.cut.split(" ").map(Number);
    const own = listing.querySelector("code").textContent.split("\n").filter((_, n) => !cut.includes(n + 1));
    const needs = listing.dataset.before ?? listing.parentNode.querySelector(".bp-along pre code")?.textContent ?? "";
    listing.dataset.copy = `${needs}\n\n${own.join("\n").trim()}\n`.trimStart();
  }, true);

  /* A heavy page keeps what its folds hold in a script beside it, which also works from a folder. */
  window.bookAlong = (parts) =>
    document.querySelectorAll(".bp-along[data-src]").forEach((fold, n) => {
      fold.removeAttribute("data-src");
      fold.insertAdjacentHTML("beforeend", parts[n]);
    });
  const near = new IntersectionObserver((entries) => {
    const found = entries.find(({ isIntersecting, target }) => isIntersecting && target.dataset.src);
    if (!found) return;
    near.disconnect();
    const script = document.createElement("script");
    script.src = found.target.dataset.src;
    document.head.append(script);
  });

  const grows = ({ addedNodes }) => [...addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE);
  new MutationObserver((changes) => changes.some(grows) && repair())
    .observe(document.body, { childList: true, subtree: true });
  repair();
})();
