/* <bp-quiz> says why the chosen answer holds or fails; <bp-missed> asks again what was missed. */
"use strict";

customElements.get("bp-quiz") || (() => {
  const ROOT = new URL("../../", document.currentScript.src).href;
  const KEY = "pytorch-executed";
  const DAYS = [1, 3, 7, 21];
  const MISSED = { page: "reference/missed.html", title: "What you missed" };
  let kept = {}; /* until the page is left, where the browser keeps nothing */
  const read = () => {
    try { kept = JSON.parse(localStorage[KEY] || "{}"); } catch { }
    return kept;
  };
  const write = (all) => {
    kept = all;
    try { localStorage[KEY] = JSON.stringify(all); } catch { }
  };
  const date = (time) => new Date(time).toLocaleDateString("en", { dateStyle: "long" });
  const isDue = ({ due }) => due <= Date.now();
  const line = (tag, words, { page, title }) => {
    const made = document.createElement(tag);
    const link = document.createElement("a");
    link.href = ROOT + page;
    link.append(title);
    made.append(words, link);
    return made;
  };
  const put = (widget, name, ...parts) => widget.querySelector(".bp-" + name).replaceChildren(...parts);

  customElements.define("bp-quiz", class extends HTMLElement {
    connectedCallback() {
      if (this.ready || !this.querySelector("li")) return;
      this.ready = true;
      if (read()[this.dataset.id]) this.keep();
      this.addEventListener("submit", ({ target }) => this.check(+target.answer.value));
    }

    /* Where the question stands and how it reads; on the page of those missed it is kept already. */
    look() {
      if (this.now || this.closest("bp-missed")) return;
      const heads = [...document.querySelectorAll("article :is(h1, h2, h3)[id]")]
        .filter((head) => head.compareDocumentPosition(this) & 4);
      const last = heads.at(-1);
      this.now = {
        page: location.href.split(/[?#]/)[0].slice(ROOT.length) + "#" + last?.id,
        title: [...new Set([heads[0], last])].map((head) => head?.textContent.replace("¶", "")).join(": "),
        html: this.innerHTML.replace(/ id="[^"]*"/g, ""),
      };
    }

    keep(level) {
      this.look();
      const all = read(), id = this.dataset.id, days = DAYS[level - 1];
      all[id] = { ...all[id], ...this.now };
      if (level > DAYS.length) delete all[id];
      else if (level >= 0) {
        all[id].level = level;
        all[id].due = days ? new Date().setHours(24 * days, 0, 0, 0) : Date.now();
      }
      write(all);
      return !level ? "It will be asked again: " : days ? `It comes again on ${date(all[id].due)}.` : "Learned.";
    }

    check(chosen) {
      this.look();
      const why = (place, word) => `<div class="bp-${place ? "no" : "yes"}"><b>${word}</b>${this.querySelectorAll("li")[place].innerHTML}</div>`;
      const said = this.querySelector(".bp-said");
      said.innerHTML = chosen ? why(chosen, "Not this:") + why(0, "But this:") : why(0, "Yes, this:");
      if (this.note == null) { /* the first answer counts */
        const old = read()[this.dataset.id];
        this.note = chosen ? line("p", this.keep(0), MISSED) : old && isDue(old) ? this.keep(old.level + 1) : "";
        this.dataset.done = "";
      }
      said.append(this.note);
      this.closest("bp-missed")?.count();
    }
  });

  customElements.define("bp-missed", class extends HTMLElement {
    connectedCallback() {
      this.onclick = ({ target }) => {
        if (target.value === "forget") {
          write({});
          target.closest("details").open = false;
        }
        if (target.type === "button") this.ask();
      };
      this.ask();
    }

    ask() {
      const due = Object.entries(read()).filter(([, one]) => isDue(one));
      put(this, "due", ...due.flatMap(([id, entry]) => {
        const quiz = document.createElement("bp-quiz");
        quiz.className = "no-copy";
        quiz.dataset.id = id;
        quiz.innerHTML = entry.html;
        return [line("p", "From ", entry), quiz];
      }));
      this.count();
    }

    count() {
      const all = Object.values(read()), later = all.filter((one) => !isDue(one));
      put(this, "said", `Due now: ${all.length - later.length}. Later: ${later.length}.`);
      later.sort((a, b) => a.due - b.due);
      put(this, "later", ...later.map((one) => line("li", date(one.due) + ": ", one)));
    }
  });
})();
