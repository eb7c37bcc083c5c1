/* The shared screen: number keys, the countdown that ends a sitting, and leaving nothing behind.
   Without this file the page's Refresh header ends the sitting. The server counts on its own in either case. */
(() => {
  "use strict";
  const SCRIPT_COOKIE = "kinline_kiosk_script";
  const WARN_SECONDS = 30;
  const PING_SHARE = 6; // tell the server of touches at most this often in one idle time

  /* A page out of the browser's memory is never shown: it is asked for again, and the server decides. */
  addEventListener("pageshow", (event) => {
    if (event.persisted) { document.documentElement.hidden = true; location.reload(); }
  });

  document.cookie = `${SCRIPT_COOKIE}=1; path=/kiosk/; SameSite=Strict`;

  /* Number keys. They fill the field that had the focus last. */
  const pad = document.getElementById("keypad");
  if (pad) {
    let field = document.getElementById(pad.dataset.for);
    const digits = [...document.querySelectorAll("form .field")];
    for (const input of digits) {
      input.addEventListener("focus", () => { field = input; });
    }
    const first = digits.find((input) => !input.value);
    if (first && !document.getElementById("errors")) { first.focus(); field = first; }
    const put = (value) => {
      field.value = value.slice(0, field.maxLength > 0 ? field.maxLength : undefined);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const key = (label, act, wide) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = wide ? "btn wide" : "btn";
      button.textContent = label;
      button.addEventListener("click", () => { act(); field.focus(); });
      pad.append(button);
    };
    for (const digit of "1234567890") key(digit, () => put(field.value + digit));
    key(pad.dataset.erase, () => put(field.value.slice(0, -1)), true);
    pad.classList.add("on");
  }

  const box = document.getElementById("kiosk");
  if (!box) { // nobody is signed in: nothing that a script kept may stay
    try { sessionStorage.clear(); localStorage.clear(); } catch { /* storage may be switched off */ }
    return;
  }

  const idle = Number(box.dataset.idle);
  const warnAt = Math.min(WARN_SECONDS, Math.floor(idle / 2));
  const left = document.getElementById("left");
  const dialog = document.getElementById("still");
  const count = document.getElementById("still-count");
  const said = document.getElementById("still-said");
  const token = document.querySelector("#done [name=csrfmiddlewaretoken]").value;
  let touchedAt = Date.now();
  let toldAt = Date.now();
  let over = false;
  /* A turn ends for whoever sits here, touched or not (KSK-4); a little early, so that the last save comes through. */
  const TURN_MARGIN = 3;
  const TURN_SHOWN = 300;
  const turnEnds = box.dataset.turn ? Date.now() + (Number(box.dataset.turn) - TURN_MARGIN) * 1000 : Infinity;

  const post = (url, more = {}) => fetch(url, {
    method: "POST", credentials: "same-origin", cache: "no-store", redirect: "manual",
    headers: { "X-CSRFToken": token, Accept: "application/json" }, ...more,
  });

  const words = (n) => {
    if (n > 90) return box.dataset.minutes.replace("{n}", Math.ceil(n / 60));
    if (n > 60) return box.dataset.minutes.replace("{n}", 2);
    if (n === 60) return box.dataset.minute;
    return n === 1 ? box.dataset.second : box.dataset.seconds.replace("{n}", n);
  };

  const turnWords = (n) => (n > 90
    ? box.dataset.turnMinutes.replace("{n}", Math.ceil(n / 60)) : box.dataset.turnSeconds.replace("{n}", n));

  /* Wipe first, whatever the network does. Then save what was being written, then tell the server, each until it is
     done: without a connection nobody else can sign in meanwhile, and the server takes a draft that comes late. */
  const finish = async (how) => {
    if (over) return;
    over = true;
    const last = [];
    document.dispatchEvent(new CustomEvent("kiosk:ending", { detail: last }));
    document.body.replaceChildren(document.getElementById("closed").content.cloneNode(true));
    document.title = "Kinline";
    try { sessionStorage.clear(); } catch { /* storage may be switched off */ }
    last.push(() => post(how === "idle" ? `${box.dataset.end}?idle` : box.dataset.end));
    for (const act of last) await untilDone(act);
    location.replace(`${box.dataset.first}?ended=${how}`);
  };
  const untilDone = async (act) => {
    for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
      try {
        if ((await act()).status < 500) return;
      } catch { /* no connection */ }
      await new Promise((done) => setTimeout(done, pause));
    }
  };

  const touch = () => {
    if (over) return;
    touchedAt = Date.now();
    if (dialog.open) dialog.close();
    if (touchedAt - toldAt > (idle * 1000) / PING_SHARE) tell();
  };
  const tell = () => {
    toldAt = Date.now();
    post(box.dataset.alive).then((answer) => { if (answer.status === 401 || answer.type === "opaqueredirect") finish("idle"); }, () => {});
  };

  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    // Below the warning only its buttons count, so that a stray touch is not taken for an answer.
    addEventListener(kind, () => { if (!dialog.open) touch(); }, { passive: true, capture: true });
  }
  document.getElementById("still-here").addEventListener("click", () => { toldAt = 0; touch(); });
  document.getElementById("still-done").addEventListener("click", () => finish("done"));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); toldAt = 0; touch(); });
  document.getElementById("done").addEventListener("submit", (event) => { event.preventDefault(); finish("done"); });

  const tick = () => {
    if (over) return;
    const seconds = Math.max(0, idle - Math.floor((Date.now() - touchedAt) / 1000));
    const turn = Math.max(0, Math.floor((turnEnds - Date.now()) / 1000));
    if (seconds === 0 || turn === 0) { finish("idle"); return; }
    const ending = turn <= TURN_SHOWN;
    left.textContent = ending ? turnWords(turn) : words(seconds);
    left.classList.toggle("soon", seconds <= warnAt || (ending && turn <= 60));
    if (turn === 60 || turn === 30) said.textContent = turnWords(turn);
    if (seconds > warnAt) return;
    if (!dialog.open) { dialog.showModal(); said.textContent = words(seconds); }
    count.textContent = words(seconds);
    if (seconds % 10 === 0 || seconds === 5) said.textContent = words(seconds);
  };
  setInterval(tick, 500);
  addEventListener("visibilitychange", tick);
  tick();
})();
