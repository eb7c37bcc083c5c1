/* The review desk without page loads: forms and links marked data-swap fetch the next page and show its main part.
   Keys: n a r i p z c j k. A list that waits shows what is new by itself. Everything works without this file. */
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

  /* What has come or gone meanwhile, without losing the place, a chosen row, or the lock of a desk that was left: such
     a look counts as no use of it. */
  const same = (one) => one && `${one.tagName} ${one.getAttribute("formaction") || one.getAttribute("href") || one.value}`;
  const renew = (page) => {
    for (const old of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${old.dataset.live}"]`);
      if (!fresh) continue;
      const held = old.contains(document.activeElement) ? same(document.activeElement) : "";
      const chosen = [...old.querySelectorAll("input:checked")].map(same);
      old.replaceChildren(...fresh.childNodes);
      for (const one of old.querySelectorAll("input, a, button")) {
        if (chosen.includes(same(one))) one.checked = true;
        if (held && same(one) === held) one.focus({ preventScroll: true });
      }
    }
  };
  const look = async () => {
    if (busy || document.hidden || document.querySelector("dialog[open]") || !document.querySelector("[data-every]")) return;
    const asked = location.href;
    try {
      const answer = await fetch(asked, { credentials: "same-origin", headers: { "X-Kinline-Look": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (busy || location.href !== asked) return;
      if (page.querySelector("[data-desk]")) renew(page);
      else location.assign(answer.url);
    } catch { /* without a connection the list stays, and says of when it is */ }
  };
  let looked = performance.now();
  setInterval(() => {
    const every = Number(document.querySelector("[data-every]")?.dataset.every || 0) * 1000;
    if (every && performance.now() - looked > every) { looked = performance.now(); look(); }
  }, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

  const on = () => localStorage.getItem("kinline-keys") !== "off";
  const press = (name) => {
    const found = document.querySelector(`[data-do=${name}]`);
    if (!found) return false;
    if (found.tagName === "FORM") {
      (found.querySelector("input:checked") || found.querySelector("input:not([type=hidden]), textarea"))?.focus();
      return true;
    }
    if (found.tagName !== "DETAILS") { found.click(); return true; }
    found.open = true;
    found.querySelector("input:not([type=hidden]), textarea")?.focus();
    return true;
  };
  /* One photo after the other, large; after the last one they are all small again. */
  const photo = () => {
    const all = [...document.querySelectorAll("details[data-do=photo]")], next = all[all.findIndex((one) => one.open) + 1];
    for (const one of all) one.open = one === next;
    next?.querySelector("summary").focus();
    return all.length > 0;
  };
  const rows = () => [...document.querySelectorAll(".queue tbody .btn, .desk-list .who-row")];
  const step = (by) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
    return all.length > 0;
  };
  const KEYS = {
    n: () => press("next"), a: () => press("release"), r: () => press("refuse"), i: () => press("pass"),
    p: photo, d: () => press("decide"), z: () => press("withdraw"), c: () => press("conversation"), j: () => step(1), k: () => step(-1),
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
