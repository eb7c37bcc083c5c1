/* The open page stays true: when something happened, its regions marked data-live="…" are asked for again and swapped.
   Never one that somebody is typing or choosing in. Without this file a reload shows the same. */
(() => {
  "use strict";
  const said = (document.currentScript || {}).dataset || {};
  const KINDS = ["message", "status", "notice", "money", "contact"];
  const AGAIN_MS = 700; // between two looks at the server; the first is at once
  const HIDDEN_AGAIN_MS = 10000;
  const HIDDEN_END_MS = 60000; // a page nobody sees gives its line back: browsers allow six to one server
  const FIRST_PAUSE_MS = 4000;
  const LONGEST_PAUSE_MS = 120000;
  const WAY_MS = 1000;
  if (!globalThis.EventSource || !document.querySelector("[data-live]")) return;
  const kiosk = location.pathname.startsWith("/kiosk/");

  let source = null;
  let pause = FIRST_PAUSE_MS;
  let again = 0;
  let hiding = 0;
  let look = 0;
  let lookedAt = 0;
  let looking = false;
  let greeted = false;
  let ended = false;

  /* The line */

  const connect = () => {
    clearTimeout(again);
    if (source || ended) return;
    source = new EventSource(kiosk ? "/kiosk/events" : "/events");
    source.addEventListener("counters", (event) => {
      pause = FIRST_PAUSE_MS;
      const counters = JSON.parse(event.data);
      title(counters.unread);
      /* The page was made a moment before the line stood, or the line was gone for a while. */
      if (greeted || counters.ago_ms < age() || shownUnread(document) !== counters.unread) soon();
      greeted = true;
    });
    for (const kind of KINDS) source.addEventListener(kind, () => { say(said[kind]); soon(); });
    source.onerror = () => {
      if (!source || source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      close();
      again = setTimeout(connect, pause); // refused: signed out, or the server starts again
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  };
  /* How long ago this page was asked for, and a little for the way; a browser that cannot say looks again. */
  const age = () => {
    const [asked] = performance.getEntriesByType ? performance.getEntriesByType("navigation") : [];
    return asked ? performance.now() - asked.requestStart + WAY_MS : Infinity;
  };
  const close = () => { if (source) source.close(); source = null; };

  addEventListener("online", connect);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
  document.addEventListener("kiosk:ending", () => { ended = true; clearTimeout(look); close(); });
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, HIDDEN_END_MS);
    else if (!source) connect();
    else if (look) { clearTimeout(look); look = 0; soon(); }
  });

  /* Looking again */

  const soon = () => {
    if (look || ended) return;
    const wait = document.hidden ? HIDDEN_AGAIN_MS : AGAIN_MS;
    look = setTimeout(refresh, Math.max(0, lookedAt + wait - Date.now()));
  };

  const refresh = async () => {
    look = 0;
    if (looking) { soon(); return; }
    looking = true;
    lookedAt = Date.now();
    try {
      const address = location.href.split("#")[0];
      const answer = await fetch(address, {
        credentials: "same-origin", cache: "no-store", redirect: "manual",
        headers: { "X-Kinline-Live": "1", Accept: "text/html" },
      });
      if (answer.type === "opaqueredirect") { close(); return; } // signed out: the next click says so
      if (!answer.ok || ended) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (ended) return;
      for (const [region, other] of pairs(fresh)) swap(region, other);
      title(shownUnread(fresh));
    } catch {
      /* No connection at this moment. When it is back, the line brings its counters and we look again. */
    } finally {
      looking = false;
    }
  };

  /* Regions of both pages by name and order; one inside another goes with it. */
  const regions = (root) => {
    const found = new Map();
    for (const region of root.querySelectorAll("[data-live]")) {
      if (region.parentElement.closest("[data-live]")) continue;
      const name = region.dataset.live;
      let n = 0;
      while (found.has(`${name} ${n}`)) n += 1;
      found.set(`${name} ${n}`, region);
    }
    return found;
  };
  const pairs = (fresh) => {
    const theirs = regions(fresh);
    return [...regions(document)].filter(([name]) => theirs.has(name)).map(([name, mine]) => [mine, theirs.get(name)]);
  };

  const swap = (region, other) => {
    if (plain(region) === plain(other)) return;
    if (busy(region)) { later(region); return; }
    const focused = region.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const open = [...region.querySelectorAll("details[open] > summary")].map((one) => one.textContent);
    region.replaceChildren(...[...other.childNodes].map((node) => document.importNode(node, true)));
    for (const one of region.querySelectorAll("details > summary")) {
      if (open.includes(one.textContent)) one.parentElement.open = true;
    }
    if (focused !== null) {
      const link = [...region.querySelectorAll("a[href]")].find((one) => one.getAttribute("href") === focused);
      if (link) link.focus({ preventScroll: true });
    }
    region.dispatchEvent(new CustomEvent("kinline:swapped", { bubbles: true }));
  };

  /* What a reader can tell apart: not the form's token, which is another one each time. */
  const plain = (region) => region.innerHTML
    .replace(/(name="csrfmiddlewaretoken" value=")[^"]*/g, "$1").replace(/ open=""/g, "").replace(/\s+/g, " ").trim();

  /* Somebody types, chooses, or marks text here. A focused link is no reason: it gets its focus back. */
  const busy = (region) => {
    const focus = document.activeElement;
    if (focus && focus !== region && region.contains(focus) && !focus.matches("a[href]")) return true;
    if ([...region.querySelectorAll("input, textarea, select")].some(changed)) return true;
    const marked = getSelection();
    return Boolean(marked && !marked.isCollapsed && marked.containsNode(region, true));
  };
  const changed = (control) => {
    if (control.type === "hidden") return false;
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.options) return [...control.options].some((option) => option.selected !== option.defaultSelected)
      && control.selectedIndex > 0;
    return control.value !== control.defaultValue;
  };
  const later = (region) => region.addEventListener("focusout", () => setTimeout(soon, 200), { once: true });

  /* What is said */

  const shownUnread = (root) => {
    const place = root.querySelector("[data-live=unread]");
    const shown = place && (place.querySelector("[aria-hidden]") || place); // not "3" and "3 new" as 33
    return shown ? parseInt(shown.textContent.replace(/\D*(\d*).*/s, "$1"), 10) || 0 : null;
  };
  const title = (unread) => {
    if (kiosk || unread === null) return; // a shared screen says nothing to those who stand around
    const bare = document.title.replace(/^\(\d+\) /, "");
    document.title = unread ? `(${unread}) ${bare}` : bare;
  };
  const announcer = document.createElement("p");
  announcer.className = "hidden";
  announcer.setAttribute("role", "status");
  document.body.append(announcer);
  let sayAgain = 0;
  const say = (text) => {
    if (!text || Date.now() < sayAgain) return;
    sayAgain = Date.now() + 5000;
    announcer.textContent = "";
    setTimeout(() => { announcer.textContent = text; }, 100);
  };

  connect();
})();
