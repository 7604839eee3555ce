// "More rows" adds blank rows to the form. Without this script the server does it.
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more-rows]");
  if (!button) return;
  event.preventDefault();
  const rows = document.getElementById(button.dataset.moreRows);
  const first = rows.rows.length;
  for (let index = 0; index < 5; index += 1) {
    const row = rows.rows[0].cloneNode(true);
    for (const fault of row.querySelectorAll(".fault")) fault.remove();
    for (const input of row.querySelectorAll("input")) {
      input.value = "";
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, String(rows.rows.length + 1)));
    }
    rows.append(row);
  }
  rows.rows[first].querySelector("input").focus();
});
