/* What the reader has read, kept in this browser alone: a tick in the menus, and a way back on the
   first page. Where nothing can be kept, it lasts as long as the window. */
"use strict";

(() => {
  const root = __md_scope.href, all = (what) => [...document.querySelectorAll(what)];
  let kept, timer;
  const change = (how) => {
    try { kept = __md_get("read"); } catch {}
    kept = how((kept ||= { done: {} })) || kept;
    try { __md_set("read", kept); } catch {}
    all(".md-nav--primary a.md-nav__link:not([href*='#'])").forEach((link) => {
      const tick = link.querySelector(".bp-tick");
      if (!kept.done[key(link.href)]) tick?.remove();
      else if (!tick) link.insertAdjacentHTML("beforeend", '<b class="bp-tick" role="img" aria-label="read">✓</b>');
    });
  };
  const place = (url) => url.split(/[?#]/)[0].slice(root.length);
  const key = (url) => place(url).replace(/(index)?(\.html)?$/, "");

  /* The last heading in the upper half of the window. What is looked up is not read through. */
  const stop = () => {
    const here = place(location.href), passed = all("article :is(h1, h2)[id]")
      .filter((heading) => heading.getBoundingClientRect().top < innerHeight / 2);
    if (!passed[1] || !key(location.href) || /^ref/.test(here)) return;
    const words = [passed[0], passed.at(-1)].map((heading) => heading.innerText.replace("¶", ""));
    change((all) => { all.at = [`${here}#${passed.at(-1).id}`, words.join(", ")]; });
  };
  addEventListener("scroll", () => {
    clearTimeout(timer);
    timer = setTimeout(stop, 300);
  });

  const start = () => {
    const here = key(location.href), [line] = all(".bp-continue"), [end] = all("#recap, .bp-provenance");
    change(() => {});
    if (line && kept.at) {
      line.innerHTML = "Continue: <a></a><button>Forget what I read</button>";
      const [link, button] = line.children;
      link.href = root + kept.at[0];
      link.textContent = kept.at[1];
      button.onclick = () => {
        change(() => ({ done: {} }));
        line.role = "status";
        line.textContent = "Forgotten.";
      };
    }
    if (here && end) new IntersectionObserver((seen, watch) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watch.disconnect();
      change(({ done }) => { done[here] = 1; });
    }).observe(end);
  };
  start();
  window.document$?.subscribe(start);   // after an instant navigation
})();
