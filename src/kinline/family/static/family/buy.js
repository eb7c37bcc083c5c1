// A suggested amount and a typed one are one question: choosing or typing one lets go of the other.
(() => {
  "use strict";
  const form = document.querySelector("form[data-one-amount]");
  if (!form) return;
  const typed = form.elements.amount;
  const suggested = [...form.querySelectorAll("input[name=suggested]")];
  typed.addEventListener("input", () => suggested.forEach((one) => { if (typed.value.trim()) one.checked = false; }));
  suggested.forEach((one) => one.addEventListener("change", () => { typed.value = ""; }));
})();
