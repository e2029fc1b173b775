/* <bp-dial>: put the texts of a stop, which Python wrote, into their places. */
"use strict";

customElements.get("bp-dial") || customElements.define("bp-dial", class extends HTMLElement {
  connectedCallback() {
    const held = this.querySelector(":scope > template");
    if (this.ready || !held) return;
    this.ready = true;
    const { stops, slots } = JSON.parse(held.content.textContent);
    const all = (selector) => [...this.querySelectorAll(selector)];
    const controls = all("[data-stop]");
    const index = (control) => control.selectedIndex ?? +control.value;
    const show = () => {
      const value = (name) => {
        const [slot, item] = name.split(".");
        const [steps, texts] = slots[slot];
        const text = texts[controls.reduce((at, control, n) => at + steps[n] * index(control), 0)];
        return item ? text.split(" ")[item] : text;
      };
      all("[data-text]").forEach((place) => {
        const text = value(place.dataset.text);
        if (place.textContent !== text) place.textContent = text;
      });
      all("[data-set]").forEach((place) =>
        place.dataset.set.split(" ").forEach((pair) => {
          const [attribute, name] = pair.split(":");
          if (place.getAttribute(attribute) !== value(name)) place.setAttribute(attribute, value(name));
        }));
      all("[type=range]").forEach((range) => {
        const name = stops[range.dataset.stop][range.value];
        range.setAttribute("aria-valuetext", name);
        range.parentNode.nextElementSibling.textContent = name;
      });
    };
    this.addEventListener("input", show);
    this.addEventListener("click", ({ target }) => "play" in target.dataset && this.play(target));
    const [first] = all(".bp-front [data-play]");   // on the first page it plays once by itself
    if (first && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.play(first);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  play(button) {
    const range = button.parentNode.querySelector("input");
    const running = button.getAttribute("aria-pressed") === "true";
    const step = () => {
      range.value++;
      range.dispatchEvent(new Event("input", { bubbles: true }));
      if (range.value === range.max) set(false);
    };
    const set = (on) => {
      clearInterval(this.timer);
      button.setAttribute("aria-pressed", on);
      if (on) this.timer = setInterval(step, matchMedia("(prefers-reduced-motion: reduce)").matches ? 1500 : 500);
    };
    if (!running && range.value === range.max) range.value = 0;
    set(!running);
  }
});
