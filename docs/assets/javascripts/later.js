/* The search outweighs the rest of a page. On a server it is asked for when the reader turns to it;
   the theme asks at once, and waits here without knowing. In a folder no worker is to be had. */
"use strict";

if (location.protocol === "file:") {
  const { src } = document.currentScript;
  document.write(`<script src="${src.replace("later", "iframe-worker")}"></script>`);
} else {
  const wanted = new Promise((done) => {
    if (/[?&]h=/.test(location.search)) done();   // words to highlight
    const turns = ({ target }) => target.closest?.(".md-search, [for=__search]") && done();
    ["focusin", "pointerover"].forEach((kind) => addEventListener(kind, turns));
  });
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (...to) {
    this.later = /\/search_index\.json$/.test(to[1]);
    open.apply(this, to);
  };
  XMLHttpRequest.prototype.send = function (body) {
    this.later ? wanted.then(() => send.call(this, body)) : send.call(this, body);
  };
  const Now = Worker;
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.worker = wanted.then(() => new Now(url));
      this.worker.then((worker) =>
        (worker.onmessage = ({ data }) => this.dispatchEvent(new MessageEvent("message", { data }))));
    }
    postMessage(data) {
      this.worker.then((worker) => worker.postMessage(data));
    }
  };
}

/* Two things that the theme does as a page opens would have every element styled once more. It
   tells the browser of its colors in a <meta>: the root alone is told instead. And it names all
   files by their whole address: a style sheet that gets another name is taken for another. */
document.head.appendChild = function (node) {
  const set = (scheme) => (document.documentElement.style.colorScheme = scheme);
  if (node.name !== "color-scheme") return Node.prototype.appendChild.call(this, node);
  Object.defineProperty(node, "content", { set });
};
for (const sheet of document.querySelectorAll("[rel=stylesheet]")) {
  const { href, outerHTML } = sheet;
  const named = outerHTML.replace(/href="[^"]*/, `href="${href}`);
  Object.defineProperties(sheet, { href: { get: () => href, set() {} }, outerHTML: { get: () => named } });
}
