/* Counts the characters of a letter as the server does: code points after NFC, each line end as one.
   The number is written at once; a screen reader hears it when typing pauses. */
(() => {
  "use strict";
  const QUIET_MS = 1500;
  const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
  const group = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const count = (text) => {
    const clean = text.replace(/\r\n?/g, "\n").replace(CONTROLS, "").normalize("NFC");
    let n = clean.length;
    for (let i = 0; i < clean.length - 1; i++) {
      const high = clean.charCodeAt(i);
      if (high < 0xd800 || high > 0xdbff) continue;
      const low = clean.charCodeAt(i + 1);
      if (low >= 0xdc00 && low <= 0xdfff) { n--; i++; }
    }
    return n;
  };

  for (const line of document.querySelectorAll("[data-count-for]")) {
    const area = document.getElementById(line.dataset.countFor);
    if (!area) continue;
    const limit = Number(line.dataset.limit);
    const heard = document.createElement("p");
    heard.className = "hidden";
    heard.setAttribute("role", "status");
    line.after(heard);
    let pause = 0;
    const tell = () => {
      const n = count(area.value);
      const over = n - limit;
      const words = over > 0
        ? line.dataset.over.replace("{over}", group(over))
        : line.dataset.text.replace("{count}", group(n)).replace("{limit}", group(limit));
      line.textContent = words;
      line.classList.toggle("over", over > 0);
      return words;
    };
    area.addEventListener("input", () => {
      const words = tell();
      clearTimeout(pause);
      pause = setTimeout(() => { heard.textContent = words; }, QUIET_MS);
    });
    tell();
  }
})();
