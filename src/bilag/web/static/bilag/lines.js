// Beside each other stand the lines of the invoice and the entries of its voucher: what belongs together is marked on hover and focus.
"use strict";

const lines = [...document.querySelectorAll("[data-lines]")];
function numbers(row) {
  return row.dataset.lines.trim().split(/\s+/).filter(Boolean);
}
function mark(row) {
  const wanted = row ? numbers(row) : [];
  for (const one of lines) one.classList.toggle("together-with", numbers(one).some((number) => wanted.includes(number)));
}
for (const event of ["pointerover", "focusin"]) {
  document.addEventListener(event, ({ target }) => mark(target.closest("[data-lines]")));
}
