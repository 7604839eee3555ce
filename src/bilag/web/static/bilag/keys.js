// Keys in lists: j and k move between rows, r retries the row, x selects it. Enter opens it, as the focused link does by itself.
"use strict";

function rows() {
  return [...document.querySelectorAll("[data-rows] [data-row]")];
}
function current() {
  return document.activeElement && document.activeElement.closest("[data-row]");
}
function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  const link = all[next].querySelector("a[href]");
  if (link) link.focus();
}
function retry(row) {
  const own = row.querySelector("[data-retry]");
  if (own) {
    own.click();
    return;
  }
  const box = row.querySelector("input[name=id]");
  const form = box && box.form;
  const button = form && form.querySelector("[data-retry-selected]");
  if (!button) return;
  for (const one of form.querySelectorAll("input[name=id]")) one.checked = one === box;
  button.click();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const row = current();
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "r" && row) retry(row);
  else if (event.key === "x" && row && row.querySelector("input[name=id]")) row.querySelector("input[name=id]").click();
  else return;
  event.preventDefault();
});
