/* <bp-walk>: show one step of the list, mark its line, and offer the line's other passes. */
"use strict";

customElements.get("bp-walk") || customElements.define("bp-walk", class extends HTMLElement {
  connectedCallback() {
    const all = (what) => [...this.querySelectorAll(what)];
    const [list] = all("ol");
    if (this.ready || !list) return;
    this.ready = true;
    const steps = all("ol > li"), [range] = all("input"), [select] = all("select");
    let at;
    const show = (to, live = "polite") => {
      at = Math.max(0, Math.min(to, steps.length - 1));
      const { line } = steps[at].dataset;
      list.ariaLive = live;
      steps.forEach((step, n) => step.classList.toggle("on", n === at));
      all("[data-of]").forEach((link) => {
        const here = link.dataset.of === line;
        link.tabIndex = here - 1;
        link.ariaCurrent = here ? "step" : null;
      });
      all("[data-by]").forEach((button) =>
        (button.ariaDisabled = !steps[at + +button.dataset.by]));
      range.value = at + 1;
      range.ariaValueText = steps[at].firstChild.textContent;
      all("output")[0].textContent = `${at + 1} of ${steps.length}`;
      if (!select) return;
      const same = steps.filter((step) => step.dataset.line === line);
      select.replaceChildren(...same.map((step) =>
        new Option(step.dataset.pass || "–", steps.indexOf(step), false, step === steps[at])));
      select.disabled = !same[1];
    };
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-by]"), link = event.target.closest("[data-of]");
      if (button) show(at + +button.dataset.by);
      if (!link) return;
      event.preventDefault();
      event.stopPropagation();
      const { pass } = steps[at].dataset;
      const same = steps.filter((step) => step.dataset.line === link.dataset.of);
      show(steps.indexOf(same.find((step) => step.dataset.pass === pass) || same[0]));
    });
    range.addEventListener("input", () => show(range.value - 1, "off"));
    select?.addEventListener("change", () => show(+select.value));
    show(steps.findIndex((step) => "#" + step.id === location.hash), "off");
  }
});
