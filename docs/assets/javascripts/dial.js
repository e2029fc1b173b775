/* <bp-dial>: put the texts of a stop, which Python wrote, into their places. */
"use strict";

customElements.get("bp-dial") || customElements.define("bp-dial", class extends HTMLElement {
  connectedCallback() {
    if (this.ready || !this.querySelector(":scope > script")) return;
    this.ready = true;
    const { stops, slots } = JSON.parse(this.querySelector(":scope > script").textContent);
    const controls = [...this.querySelectorAll("[data-stop]")];
    const index = (control) => control.selectedIndex ?? +control.value;
    const show = () => {
      const at = controls.reduce((sum, control, n) => sum * stops[n].length + index(control), 0);
      const value = (name) => slots[name][at % slots[name].length];
      this.querySelectorAll("[data-text]").forEach((place) => (place.textContent = value(place.dataset.text)));
      this.querySelectorAll("[data-set]").forEach((place) =>
        place.dataset.set.split(" ").forEach((pair) => {
          const [attribute, name] = pair.split(":");
          place.setAttribute(attribute, value(name));
        }));
      controls.forEach((control, n) => {
        if (control.type !== "range") return;
        control.setAttribute("aria-valuetext", stops[n][index(control)]);
        control.parentNode.nextElementSibling.textContent = stops[n][index(control)];
      });
    };
    this.addEventListener("input", show);
    this.addEventListener("click", ({ target }) => "play" in target.dataset && this.play(target));
    controls.forEach((control) => control.type === "range" ? (control.value = control.defaultValue) : 0);
    show();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  play(button) {
    const control = button.parentNode.querySelector("input");
    const running = button.getAttribute("aria-pressed") === "true";
    const step = () => {
      control.value = +control.value + 1;
      control.dispatchEvent(new Event("input", { bubbles: true }));
      if (control.value === control.max) set(false);
    };
    const set = (on) => {
      clearInterval(this.timer);
      button.setAttribute("aria-pressed", on);
      if (on) this.timer = setInterval(step, matchMedia("(prefers-reduced-motion: reduce)").matches ? 1500 : 500);
    };
    if (!running && control.value === control.max) control.value = 0;
    set(!running);
  }
});
