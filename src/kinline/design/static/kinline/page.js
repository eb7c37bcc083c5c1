/* Small comforts. Every page works without this file. */
(() => {
  "use strict";

  /* Show and hide a password. */
  for (const button of document.querySelectorAll("[data-reveal]")) {
    const input = document.getElementById(button.dataset.reveal);
    if (!input) continue;
    const set = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? button.dataset.hide : button.dataset.show;
      button.setAttribute("aria-pressed", String(shown));
    };
    button.hidden = false;
    button.addEventListener("click", () => { set(input.type === "password"); input.focus(); });
    /* Never send or remember it as plain text. */
    if (input.form) input.form.addEventListener("submit", () => set(false));
  }

  /* An open menu closes with Escape, or with a tap elsewhere. */
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });

  /* A second tap on a button that already sends does nothing. The server would not do it twice either. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => rest(form), 8000);
  });
  const rest = (form) => { delete form.dataset.sending; form.removeAttribute("aria-busy"); };
  /* Back from the next page, out of the browser's memory: the form can be sent again. */
  addEventListener("pageshow", () => { for (const form of document.forms) rest(form); });

  /* Errors first: the summary takes the focus also where `autofocus` on a region is unknown. */
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
})();
