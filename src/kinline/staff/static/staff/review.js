/* The review desk without page loads: forms and links marked data-swap fetch the next page and show its main part.
   Keys: n a r i z c j k. Everything works without this file. */
(() => {
  "use strict";
  const desk = () => document.querySelector("[data-desk]");
  if (!desk()) return;
  let busy = false;

  const say = (text) => {
    const line = document.createElement("p");
    line.className = "flash bad";
    line.textContent = text;
    document.getElementById("status").replaceChildren(line);
  };

  const show = (page, address, push) => {
    document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
    for (const old of document.querySelectorAll("header nav.tabs, .bar.second nav.tabs")) {
      const fresh = [...page.querySelectorAll("nav.tabs")].find((one) => one.ariaLabel === old.ariaLabel);
      if (fresh) old.replaceChildren(...fresh.childNodes);
    }
    document.title = page.title;
    if (push && address !== location.href) history.pushState(null, "", address);
    scrollTo(0, 0);
    count();
    (document.getElementById("errors") || document.querySelector("main h1")).focus();
  };

  const swap = async (address, options, push = true) => {
    if (busy) return;
    busy = true;
    desk().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { credentials: "same-origin", ...options });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page.querySelector("[data-desk]")) show(page, answer.url, push);
      else location.assign(answer.url); /* locked, or the role has ended: that page itself */
    } catch {
      say(desk().dataset.lost);
    } finally {
      busy = false;
      desk()?.removeAttribute("aria-busy");
    }
  };

  /* Before page.js sees it: nothing is sent by the browser itself. */
  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("[data-swap]")) return;
    event.preventDefault();
    const address = button?.hasAttribute("formaction") ? button.formAction : form.getAttribute("action") || location.href;
    swap(address, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    swap(link.href, {});
  });
  addEventListener("popstate", () => swap(location.href, {}, false));

  /* The seconds in which a decision can be taken back. */
  let loaded = performance.now();
  const tick = () => {
    for (const row of document.querySelectorAll("[data-left]")) {
      const left = Math.ceil(Number(row.dataset.left) - (performance.now() - loaded) / 1000);
      row.querySelector("[data-seconds]").textContent = left > 0 ? String(left) : "";
      if (left < -1) row.remove();
    }
  };
  const count = () => { loaded = performance.now(); tick(); };
  count();
  setInterval(tick, 250);

  const on = () => localStorage.getItem("kinline-keys") !== "off";
  const press = (name) => {
    const found = document.querySelector(`[data-do=${name}]`);
    if (!found) return false;
    if (found.tagName !== "DETAILS") { found.click(); return true; }
    found.open = true;
    found.querySelector("input:not([type=hidden]), textarea")?.focus();
    return true;
  };
  const rows = () => [...document.querySelectorAll(".queue tbody .btn, .desk-list .who-row")];
  const step = (by) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
    return all.length > 0;
  };
  const KEYS = {
    n: () => press("next"), a: () => press("release"), r: () => press("refuse"), i: () => press("pass"),
    z: () => press("withdraw"), c: () => press("conversation"), j: () => step(1), k: () => step(-1),
  };
  let going = -9999; /* after "g" comes a page, not a decision */
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select");
    if (event.key === "Enter" && event.ctrlKey && field?.form?.matches("[data-swap]")) { field.form.requestSubmit(); return; }
    if ((field && field.type !== "checkbox") || document.querySelector("dialog[open]")) return;
    if (!on() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "g") { going = event.timeStamp; return; }
    if (event.timeStamp - going < 1500) { going = -9999; return; }
    const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
    if (act && act()) event.preventDefault();
  });
})();
