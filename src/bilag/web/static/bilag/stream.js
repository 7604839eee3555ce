// Shows a connection check in the page, each step as soon as it is done. Without this script the check is a page of its own.
"use strict";
{
  const MARK = "<!--piece-->";

  // Puts what is new of the pieces so far into the page, and leaves what is there.
  function show(target, html) {
    const parsed = new DOMParser().parseFromString(html, "text/html").body;
    const fresh = parsed.querySelector("section"), shown = target.querySelector("section");
    if (!fresh || !shown) { target.replaceChildren(...parsed.childNodes); return; }
    const list = shown.querySelector("ol");
    for (const item of [...fresh.querySelector("ol").children].slice(list.children.length)) list.append(item);
    const end = fresh.querySelector("#check-outcome");
    if (end && !shown.querySelector("#check-outcome")) shown.append(end);
  }

  async function stream(form, url, target, button) {
    if (button) button.disabled = true;
    target.replaceChildren();
    try {
      const answer = await fetch(url, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" } });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) { window.location.assign(elsewhere); return; }
      if (!answer.ok) {
        const said = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
        target.replaceChildren(...(said ? said.childNodes : []));
        return;
      }
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let html = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const first = html === "";
        html += value;
        const ready = html.slice(0, html.lastIndexOf(MARK) + 1 ? html.lastIndexOf(MARK) : 0);
        if (ready) show(target, ready);
        if (first) target.scrollIntoView({ block: "nearest" });
      }
      if (!html.includes(MARK)) show(target, html);
      (target.querySelector("#check-outcome") || target).scrollIntoView({ block: "nearest" });
    } finally {
      if (button) {
        button.disabled = false;
        if (button.dataset.again) { button.textContent = button.dataset.again; button.classList.remove("primary"); }
      }
      if (document.getElementById("guide-nav")) {  // what the check found changes the list of steps
        window.htmx.ajax("GET", window.location.pathname, { target: "#guide-nav", select: "#guide-nav", swap: "outerHTML" });
      }
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-stream]");
    if (!button) return;
    event.preventDefault();
    stream(button.form, button.formAction, document.getElementById(button.dataset.stream), button);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-stream]")) return;
    event.preventDefault();
    stream(form, form.action, document.getElementById(form.dataset.stream), event.submitter || form.querySelector("button"));
  });
  const now = document.querySelector("form[data-stream-now]");
  if (now) now.requestSubmit();
}
