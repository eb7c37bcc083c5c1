/* Photos are put beside the letter as soon as they are chosen; without this file, by the button after the field. */
(() => {
  "use strict";
  const button = document.querySelector("[data-add-photo]");
  const files = button && button.form.querySelector("input[type=file][name=photos]");
  if (!files) return;
  files.addEventListener("change", () => {
    if (files.files.length) button.form.requestSubmit(button);
  });
})();
