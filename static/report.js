// Sorting the tables of a report by a click on a heading, and renewing the page while it is written. Without scripts the tables stay as they are.
"use strict";
(() => {
  function value(row, column) {
    return row.cells[column].dataset.sort || "";
  }

  function compare(column, isNumber, direction) {
    return (a, b) => {
      const [left, right] = [value(a, column), value(b, column)];
      // What is empty comes last in both directions.
      if (left === "" || right === "") return (left === "") - (right === "");
      return direction * (isNumber ? Number(left) - Number(right) : left.localeCompare(right));
    };
  }

  function sort(table, column, head) {
    const isNumber = head.classList.contains("desk-number");
    const isAscending = head.getAttribute("aria-sort") !== "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows].sort(compare(column, isNumber, isAscending ? 1 : -1));
    body.replaceChildren(...rows);
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
  }

  // The page of a report that is being written.
  if (document.querySelector("[data-renew]")) setTimeout(() => window.location.reload(), 2000);

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "report-sort";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, column, head));
      head.append(button);
    });
  }
})();
