/* The index of the search outweighs all the rest of a page. On a server it and its worker are asked
   for when the reader turns to the search; the theme asks at once, and waits here without knowing. */
"use strict";

location.protocol === "file:" || (() => {
  const wanted = new Promise((done) => {
    if (/[?&]h=/.test(location.search)) done();   // words to highlight, from a link of the search
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
})();
