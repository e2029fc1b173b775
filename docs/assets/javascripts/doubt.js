/* "This is not what I get": at an output that is pointed at, a link to a report that is begun. Only
   where the book has a repository, whose address the header names. */
"use strict";

["pointerover", "focusin"].forEach((kind) => addEventListener(kind, ({ target }) => {
  const output = target.closest?.(".bp-block > .bp-output:not(.bp-html)");
  const repo = document.querySelector(".md-source");
  if (!output || !repo || output.lastChild.href) return;
  const block = output.parentNode;
  const page = location.href.split(/[?#]/)[0].replace(/^file.*\/(?=.*\/)/, "");   // no name of a reader's folder
  const all = (what) => [...document.querySelectorAll(what)];
  const cut = (part) => `~~~\n${(part?.textContent ?? "").trim().slice(0, 1500)}\n~~~\n`;
  const above = all("article :is(h1, h2, h3)").filter((heading) => heading.compareDocumentPosition(block) & 4);
  const title = `${document.title}: ${above.at(-1).textContent.replace("¶", "")}, ${block.id}`;
  const body = `${page}#${block.id}\n\nThe book ran
${cut(block.querySelector(".highlight code"))}
with ${all(".bp-provenance dl div").map((row) => row.innerText.replace("\n", " ")).join(", ")}, and shows
${cut(output)}
I ran … and get\n${cut()}`;
  output.insertAdjacentHTML("beforeend", '<a class="bp-doubt">This is not what I get</a>');
  output.lastChild.href = `${repo.href.replace(/\/$/, "")}/issues/new?${new URLSearchParams({ title, body })}`;
}));
