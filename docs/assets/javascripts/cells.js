/* <bp-cells>: mark what a cell of the result was made of. */
"use strict";

customElements.get("bp-cells") || customElements.define("bp-cells", class extends HTMLElement {
  connectedCallback() {
    const all = (what, of = this) => [...of.querySelectorAll(what)];
    const grids = all("tbody").map((body) => all("td", body));
    const cells = grids.at(-1);
    if (!cells) return;
    const show = ({ target }) => {
      const sum = all("li")[cells.indexOf(target)];
      if (!sum) return;
      all(".bp-on").forEach((old) => old.classList.remove("bp-on"));
      cells.forEach((cell) => (cell.tabIndex = cell === target ? 0 : -1));
      const from = sum.dataset.from.split(" ").map((at) => grids[at[0]][at.slice(2)]);
      [target, sum, ...from].forEach((cell) => cell.classList.add("bp-on"));
    };
    this.onmouseover = this.onclick = show;
    this.addEventListener("focusin", show);
    this.onkeydown = (event) => {
      const wide = cells[0].parentNode.cells.length - 1;
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide }[event.key];
      if (!step) return;
      event.preventDefault();
      cells[cells.indexOf(event.target) + step]?.focus();
    };
    cells[0].closest("table").role = "grid";
    show({ target: cells[0] });
  }
});
