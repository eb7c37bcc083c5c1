/* Passkeys: asks the server what the device shall sign, asks the device, and sends the form with its answer. */
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const device = {
    add: (asked) => navigator.credentials.create({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
    } }),
    use: (asked) => navigator.credentials.get({ publicKey: {
      ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials),
    } }),
  };
  const plain = (made) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response,
      clientExtensionResults: {} });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const { passkey: what, ask, origin, ...words } = form.dataset;
    const button = form.querySelector("button");
    const say = (said) => { form.querySelector("[data-said]").textContent = said; };
    if (location.origin !== origin) { say(words.elsewhere); button.disabled = true; continue; }
    if (!window.PublicKeyCredential) { say(words.cannot); button.disabled = true; continue; }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say("");
      button.disabled = true;
      try {
        const answer = await fetch(ask, { method: "POST", body: new FormData(form) });
        const asked = await answer.json();
        if (asked.go) { location.assign(asked.go); return; }
        if (asked.say) { say(asked.say); return; }
        form.elements.passkey.value = plain(await device[what](asked));
        form.submit();
      } catch (error) {
        const isDevice = error instanceof DOMException;
        say(isDevice ? (error.name === "InvalidStateError" ? words.known : words.stopped) : words.failed);
      } finally {
        button.disabled = false;
      }
    });
  }
})();
