// The guided setup: on a narrow screen the list of steps is closed; a summary of errors gets the focus.
"use strict";
{
  const narrow = window.matchMedia("(max-width: 62rem)");
  const fit = () => { for (const one of document.querySelectorAll("details[data-narrow-closed]")) one.open = !narrow.matches; };
  narrow.addEventListener("change", fit);
  document.addEventListener("htmx:afterSettle", fit);
  fit();
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
}
