// A form that was refused comes back without its secrets, which no page has. They stay in this tab until the form is saved:
// kept when the form is sent, put back when it was refused, and removed by every other page of the setup.
"use strict";
{
  const PREFIX = "bilag-typed-";
  const form = document.querySelector("form[data-keep]");
  const refused = form !== null && form.hasAttribute("data-restore");
  const key = form === null ? "" : PREFIX + form.dataset.keep;
  const secrets = form === null ? [] : [...form.querySelectorAll("input[type=password]")];
  if (refused) {
    const typed = JSON.parse(sessionStorage.getItem(key) || "{}");
    for (const input of secrets) {
      if (!input.value && typed[input.name]) {
        input.value = typed[input.name];
        const hidden = input.closest("details");
        if (hidden) hidden.open = true;
      }
    }
  }
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  if (form !== null) {
    form.addEventListener("submit", () => {
      const typed = Object.fromEntries(secrets.filter((input) => input.value).map((input) => [input.name, input.value]));
      if (Object.keys(typed).length) sessionStorage.setItem(key, JSON.stringify(typed));
    });
  }
}
