/* Writing at the kiosk: the draft is saved every few seconds; without a connection the text is kept locked under the
   sitting's key; a send that breaks is tried again with the same key, so that it is one letter. */
(() => {
  "use strict";
  const form = document.getElementById("write");
  if (!form) return;
  const SAVE_MS = 3000;
  const RETRY_MS = [2000, 4000, 8000, 15000];
  const SLOT = `letter-${form.dataset.contact}`;
  const state = document.getElementById("draft-state");
  const subject = form.elements.subject;
  const body = form.elements.body;
  let key = null;
  let dirty = false;
  let timer = 0;
  let saving = null;
  let ending = false;
  let tries = 0;

  const say = (name, trouble = false) => {
    state.textContent = form.dataset[name];
    state.classList.toggle("trouble", trouble);
  };
  const post = (url, more = {}) => fetch(url, {
    method: "POST", credentials: "same-origin", cache: "no-store", redirect: "manual",
    headers: { Accept: "application/json" }, body: new FormData(form), ...more,
  });
  const ended = (answer) => answer.status === 401 || answer.type === "opaqueredirect";
  const first = () => location.replace(document.getElementById("kiosk").dataset.first);

  /* The text while offline: AES-GCM under the sitting's key. The key is held in this page's memory only and the server
     drops it when the sitting ends, so what is left in the browser's storage then is noise. */
  const lock = async () => {
    if (!key) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify({ s: subject.value, b: body.value, at: Date.now() }));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain));
    if (ending) return;
    sessionStorage.setItem(SLOT, JSON.stringify([to64(iv), to64(sealed)]));
  };
  const unlock = async () => {
    const kept = sessionStorage.getItem(SLOT);
    if (!kept || !key) return null;
    try {
      const [iv, sealed] = JSON.parse(kept).map(from64);
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed)));
    } catch { // of another sitting: nobody can read it any more
      sessionStorage.removeItem(SLOT);
      return null;
    }
  };
  const to64 = (bytes) => { let s = ""; for (const b of bytes) s += String.fromCharCode(b); return btoa(s); };
  const from64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  const save = async () => {
    if (!dirty) return;
    dirty = false;
    say("saving");
    try {
      const answer = await post(form.dataset.draft);
      if (ended(answer)) { first(); return; }
      if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
      tries = 0;
      sessionStorage.removeItem(SLOT);
      if (!dirty) say("saved");
    } catch {
      dirty = true;
      if (ending) return;
      await lock();
      if (ending) return;
      say("offline", true); // it says that the text is kept, so not before
      clearTimeout(timer);
      timer = setTimeout(queue, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
    }
  };
  /* One save at a time, in order: a slow one never overtakes a newer one. */
  const queue = () => { saving = (saving || Promise.resolve()).then(() => save()); };

  form.addEventListener("input", () => {
    dirty = true;
    if (tries > 0) lock();
    clearTimeout(timer);
    timer = setTimeout(queue, tries > 0 ? RETRY_MS[0] : SAVE_MS);
  });
  addEventListener("online", () => { if (dirty) { clearTimeout(timer); queue(); } });
  addEventListener("pagehide", () => { if (dirty && !ending) post(form.dataset.draft, { keepalive: true }).catch(() => {}); });
  document.addEventListener("kiosk:ending", (event) => {
    ending = true;
    clearTimeout(timer);
    const words = new FormData(form); // the form itself is wiped from the screen in a moment
    if (dirty || saving) event.detail.push(() => post(form.dataset.draft, { body: words }));
  });

  /* Send. The key goes with the page, so trying again cannot send twice. */
  form.addEventListener("submit", async (event) => {
    if (event.submitter && event.submitter.hasAttribute("formaction")) { clearTimeout(timer); dirty = false; return; }
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    form.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    if (saving) await saving;
    clearTimeout(timer);
    for (let n = 0; ; n++) {
      say(n ? "retry" : "sending", n > 0);
      try {
        const answer = await post(form.action || location.href);
        if (ended(answer)) { first(); return; }
        if (answer.status >= 500) throw new Error(String(answer.status));
        dirty = false;
        ending = true;
        sessionStorage.removeItem(SLOT);
        if (answer.ok) { location.assign((await answer.json()).to); return; }
        form.submit(); // refused: the page says why, with every word kept
        return;
      } catch {
        dirty = true;
        if (n === 0) await lock();
        await new Promise((done) => setTimeout(done, RETRY_MS[Math.min(n, RETRY_MS.length - 1)]));
      }
    }
  });

  /* The key, and what an earlier page of this sitting could not save. */
  (async () => {
    if (!globalThis.crypto || !crypto.subtle) return; // only over https: then text lives on the page alone
    try {
      const answer = await post(form.dataset.key);
      if (!answer.ok) return;
      key = await crypto.subtle.importKey("raw", from64((await answer.json()).key), "AES-GCM", false, ["encrypt", "decrypt"]);
      const kept = await unlock();
      if (!kept || kept.at / 1000 < Number(form.dataset.savedAt)) { sessionStorage.removeItem(SLOT); return; }
      if (kept.b === body.value && kept.s === subject.value) { sessionStorage.removeItem(SLOT); return; }
      subject.value = kept.s;
      body.value = kept.b;
      body.dispatchEvent(new Event("input", { bubbles: true }));
      say("back");
    } catch { /* no connection at this moment: the next page asks again */ }
  })();
})();
