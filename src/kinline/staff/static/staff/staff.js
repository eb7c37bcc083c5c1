/* Keys of the staff face: "?" lists them, "g" and a letter goes to a page. They can be switched off (WCAG 2.1.4). */
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const on = () => localStorage.getItem("kinline-keys") !== "off";
  const tick = dialog.querySelector("[data-keys-on]");
  tick.checked = on();
  tick.addEventListener("change", () => localStorage.setItem("kinline-keys", tick.checked ? "on" : "off"));
  const show = () => { if (!dialog.open) dialog.showModal(); };
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", show);
  }
  let going = 0;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || dialog.open || !on() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") { event.preventDefault(); show(); return; }
    if (event.key === "g") { going = event.timeStamp; return; }
    if (!going || event.timeStamp - going > 1500) return;
    going = 0;
    const link = [...document.querySelectorAll("a[data-key]")].find((one) => one.dataset.key === event.key);
    if (link) { event.preventDefault(); link.click(); }
  });
})();
