// Small conveniences beyond htmx. Every page also works without this script.
"use strict";

// A checkbox shows or hides the part that it controls: <input type=checkbox data-opens="id">.
function opens(input) {
  const part = document.getElementById(input.dataset.opens);
  if (part) part.hidden = !input.checked;
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-opens]")) opens(event.target);
  if (event.target.matches("[data-choose-all]")) {
    for (const box of document.querySelectorAll(event.target.dataset.chooseAll)) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// "Replace" shows the input for a new secret; closing it again keeps the stored one.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-replace]");
  if (button) {
    const part = document.getElementById(button.dataset.replace);
    part.hidden = !part.hidden;
    button.setAttribute("aria-expanded", String(!part.hidden));
    const input = part.querySelector("input:not([type=hidden])");
    for (const one of part.querySelectorAll("input")) one.disabled = part.hidden;
    if (!part.hidden && input) input.focus();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy && navigator.clipboard) {
    navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim()).then(() => {
      copy.textContent = copy.dataset.copied;
    });
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});

// What a refused form kept until the tab closes (keep-typed.js), secrets too, is of whoever is signed in.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[action$='/accounts/logout/']")) sessionStorage.clear();
});
if (document.querySelector("input[name=login]")) sessionStorage.clear();

// Ask for confirmation before an action that cannot be undone.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && button.dataset.sure && !window.confirm(button.dataset.sure)) event.preventDefault();
});

// Warn before leaving a page with unsaved changes.
let dirty = false;
document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) dirty = true; });
document.addEventListener("submit", () => { dirty = false; });
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

// On a phone the menu is one line that scrolls: begin it at the page that is shown.
const here = document.querySelector(".side [aria-current]");
if (here) here.closest("ul").scrollLeft = here.offsetLeft - 16;

for (const input of document.querySelectorAll("[data-opens]")) opens(input);
for (const one of document.querySelectorAll("[data-replace]")) {
  const part = document.getElementById(one.dataset.replace);
  if (part.hidden) for (const input of part.querySelectorAll("input")) input.disabled = true;
}
