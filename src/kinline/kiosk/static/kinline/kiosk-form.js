/* A request that is being filled in is saved every few seconds, and once more when the sitting ends. */
(() => {
  "use strict";
  const form = document.getElementById("fill");
  if (!form) return;
  const SAVE_MS = 3000;
  const LONGEST_MS = 15000;
  const state = document.getElementById("draft-state");
  let dirty = false;
  let timer = 0;
  let saving = null;
  let ending = false;
  let tries = 0;

  const say = (name, trouble = false) => {
    state.textContent = form.dataset[name];
    state.classList.toggle("trouble", trouble);
  };
  const post = (more = {}) => fetch(form.dataset.draft, {
    method: "POST", credentials: "same-origin", cache: "no-store", redirect: "manual",
    headers: { Accept: "application/json" }, body: new FormData(form), ...more,
  });
  const later = (ms) => { clearTimeout(timer); timer = setTimeout(queue, ms); };

  const save = async () => {
    if (!dirty) return;
    dirty = false;
    say("saving");
    try {
      const answer = await post();
      if (answer.status === 401 || answer.type === "opaqueredirect") {
        location.replace(document.getElementById("kiosk").dataset.first);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      tries = 0;
      if (!dirty) say("saved");
    } catch {
      dirty = true;
      if (ending) return;
      say("offline", true);
      tries += 1;
      later(Math.min(SAVE_MS * 2 ** tries, LONGEST_MS));
    }
  };
  /* One save at a time, in order: a slow one never overtakes a newer one. */
  const queue = () => { saving = (saving || Promise.resolve()).then(() => save()); };

  form.addEventListener("input", () => { dirty = true; later(SAVE_MS); });
  form.addEventListener("submit", () => { clearTimeout(timer); dirty = false; });
  addEventListener("pagehide", () => { if (dirty && !ending) post({ keepalive: true }).catch(() => {}); });
  document.addEventListener("kiosk:ending", (event) => {
    ending = true;
    clearTimeout(timer);
    const words = new FormData(form); // the form itself is wiped from the screen in a moment
    if (dirty || saving) event.detail.push(() => post({ body: words }));
  });
})();
