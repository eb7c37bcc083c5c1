/* A demo call goes on by itself on the page: each second its parts are asked for and swapped, and what is new of its story
   is added, so that a screen reader says only that. Without this file a reload shows the same. */
(() => {
  "use strict";
  const AGAIN_MS = 1000;
  const head = () => document.querySelector('[data-call="head"]');
  if (!head()) return;
  let last = 0;

  const swap = (page) => {
    for (const part of document.querySelectorAll("[data-call]")) {
      const fresh = page.querySelector(`[data-call="${part.dataset.call}"]`);
      if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) part.innerHTML = fresh.innerHTML;
    }
    const story = document.querySelector("[data-call-story]");
    for (const row of [...page.querySelectorAll("[data-call-story] > li")].slice(story.children.length)) story.append(row);
    for (const hint of document.querySelectorAll("[data-without-script]")) hint.hidden = true;
    if (page.querySelector("[data-over]")) finish();
  };

  /* Nobody can press a key any more; whoever was about to hears how it ended. */
  const finish = () => {
    head().dataset.over = "";
    for (const form of document.querySelectorAll("[data-keys]")) {
      if (form.contains(document.activeElement)) head().focus();
      form.remove();
    }
  };

  const look = async () => {
    clearTimeout(last);
    try {
      const answer = await fetch(location.href, { headers: { "X-Kinline-Live": "1" }, credentials: "same-origin" });
      if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.status === 404) return; // forgotten: a newer call took its place
    } catch {
      /* the server starts again: the next look finds it */
    }
    if (!("over" in head().dataset)) last = setTimeout(look, AGAIN_MS);
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-keys]");
    if (!form) return;
    event.preventDefault();
    const said = new FormData(form, event.submitter);
    for (const field of form.querySelectorAll('input[name="keys"]')) field.value = "";
    try {
      await fetch(location.href, { method: "POST", body: said, credentials: "same-origin" });
    } catch {
      return;
    }
    look();
  });

  for (const hint of document.querySelectorAll("[data-without-script]")) hint.hidden = true;
  if (!("over" in head().dataset)) last = setTimeout(look, AGAIN_MS);
})();
