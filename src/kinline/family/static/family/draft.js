/* A letter saves itself while it is written: every few seconds, when the field is left, and when the page goes away.
   Nothing is kept in this browser (phones are shared): only in the page and, as a draft, on the server.
   Sending first saves, so that a lost connection is noticed while the text is still here; then the form is sent as it
   would be without this file. The form's key makes every repeat harmless. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form) return;

  const SAVE_AFTER_MS = 3000;
  const RETRY_MS = [3000, 5000, 10000, 20000];
  const GIVE_UP_MS = 15000;
  const words = form.dataset;
  const state = form.querySelector("[data-draft-state]");
  const problem = form.querySelector("[data-draft-problem]");
  const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });

  let dirty = false, saving = false, over = false, waiting = false, failures = 0, timer = 0, savedAt = 0;

  const typed = () => {
    const data = new URLSearchParams(new FormData(form));
    data.delete("save");
    data.delete("photos"); /* chosen files go with the form itself */
    return data;
  };

  /* The line under the letter changes silently; a screen reader hears of a problem, once, and of its end. */
  const show = (text, isProblem) => {
    state.textContent = text;
    state.classList.toggle("problem", Boolean(isProblem));
    const said = isProblem ? text : "";
    if (problem.textContent !== said) problem.textContent = said;
  };
  const tick = () => {
    if (!savedAt || failures || over) return;
    const seconds = Math.round((Date.now() - savedAt) / 1000);
    const when = seconds < 60 ? ago.format(-Math.max(10, Math.floor(seconds / 10) * 10), "second") : ago.format(-Math.round(seconds / 60), "minute");
    show(seconds < 10 ? words.now : words.saved.replace("{ago}", when));
  };
  setInterval(tick, 5000);

  const ask = async () => {
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), GIVE_UP_MS);
    try {
      return (await fetch(words.draft, { method: "POST", body: typed(), redirect: "manual", signal: stop.signal })).status;
    } catch {
      return 0; /* no connection */
    } finally {
      clearTimeout(patience);
    }
  };

  /* At most one save is planned; typing does not push it away, so a power cut loses a few seconds only. */
  const later = (ms) => { timer ||= setTimeout(() => { timer = 0; save(); }, ms); };

  async function save() {
    if (saving || over || !dirty) return;
    saving = true;
    dirty = false;
    if (!savedAt) show(words.saving);
    const status = await ask();
    saving = false;
    settle(status);
  }

  const settle = (status) => {
    if (status === 204) { failures = 0; savedAt = Date.now(); tick(); if (dirty) later(SAVE_AFTER_MS); return; }
    dirty = true;
    failures++;
    if (status === 401 || status === 403) { show(words.signedOut, true); return; }
    if (status === 409) { over = true; show(words.sentElsewhere, true); return; }
    show(words.offline, true);
    later(RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
  };

  form.addEventListener("input", () => {
    dirty = true;
    later(SAVE_AFTER_MS);
  });
  form.addEventListener("focusout", () => save());
  addEventListener("online", () => { failures = 0; if (waiting) send(); else save(); });

  /* The page goes away: the last words go in a request that outlives it (browsers take 64 kB), else in a plain one. */
  const leave = () => {
    if (!dirty || over || waiting) return;
    dirty = false;
    const data = typed();
    if (!navigator.sendBeacon(words.draft, data)) fetch(words.draft, { method: "POST", body: data }).catch(() => {});
  };
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });

  /* Sending. */
  let button = null;
  form.addEventListener("submit", (event) => {
    button = event.submitter;
    if (over && button && button.name === "save") return;
    event.preventDefault();
    if (!waiting) send();
  });

  async function send() {
    waiting = true;
    form.setAttribute("aria-busy", "true");
    show(words.sending);
    const status = await ask();
    if (status === 0) {
      show(words.waiting, true);
      failures++;
      setTimeout(() => { if (waiting) send(); }, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
      return;
    }
    over = true;
    if (button && button.name) {
      const chosen = document.createElement("input");
      chosen.type = "hidden"; chosen.name = button.name; chosen.value = button.value;
      form.append(chosen);
    }
    form.submit();
  }

  /* Back from the letter's page, out of the browser's memory: writing goes on. */
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    over = waiting = false; failures = 0;
    form.removeAttribute("aria-busy");
    for (const extra of form.querySelectorAll("input[type=hidden][name=save], input[type=hidden][name$=_photo]")) extra.remove();
  });
})();
