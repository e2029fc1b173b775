/* <bp-match>: say of a chosen line whether it does the job of its row. */
"use strict";

customElements.get("bp-match") || customElements.define("bp-match", class extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    const rows = [...this.querySelectorAll("tbody tr")];
    this.addEventListener("input", ({ target }) => {
      const row = target.closest("tr");
      const chosen = rows[target.value || -1];
      const right = chosen === row;
      const said = row.querySelector("output");
      row.dataset.said = right ? "right" : chosen ? "wrong" : "";
      said.textContent = right ? "Yes. " + row.querySelector("span.bp-answer").textContent
        : chosen ? `No. That line is for another job: ${chosen.dataset.job}.` : "";
      const found = rows.filter((one) => one.dataset.said === "right").length;
      this.querySelector(".bp-count output").textContent = `${found} of ${rows.length} found`;
    });
  }
});
