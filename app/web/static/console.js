// What a browser says of a field is in the browser's language; here it is in the page's. A form
// that was sent is not sent again by a double click; a page that stays open says when the session
// is about to end; a file can be dropped beside its field; and a button prints. Without it the server
// says the same, refuses what was done already, files are chosen, and the browser's menu prints.
"use strict";
(() => {
  const words = document.currentScript.dataset;
  const said = ({ type, validity, minLength }) =>
    validity.valueMissing ? words[type] || words.empty
    : validity.tooShort ? words.short.replace("#", minLength)
    : "";
  document.addEventListener("invalid", ({ target }) => target.setCustomValidity(said(target)), true);
  // Typing may have mended it; until it is asked again nothing is wrong.
  document.addEventListener("input", ({ target }) => target.setCustomValidity?.(""), true);

  // The second of two posts would be refused, and its page hide what the first one did. A form that
  // leads to a file leaves the page as it is: it can be sent again a little later.
  const sent = new Map();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (performance.now() - (sent.get(form) ?? -Infinity) < 4000) event.preventDefault();
    else sent.set(form, performance.now());
  });
  // A page that comes back by the back button begins anew.
  addEventListener("pageshow", () => sent.clear());

  // By the clock of the day: a timer stands still while a computer sleeps.
  const told = document.createElement("p");
  told.className = "word ending";
  told.setAttribute("role", "status");
  const tell = (text, left, before) => {
    if (!text) return;
    const ends = Date.now() + 1000 * left;
    document.querySelector("main").prepend(told);
    const watch = setInterval(() => {
      if (ends - Date.now() > 1000 * before) return;
      told.textContent = text;
      clearInterval(watch);
    }, 20_000);
  };
  tell(words.idle, words.idleLeft, 300);
  tell(words.ending, words.left, 900);

  // A file may be dropped beside its field too.
  for (const hint of document.querySelectorAll("[data-drop]")) {
    const zone = hint.parentElement;
    const field = zone.querySelector("input");
    hint.hidden = false;
    const over = (event) => {
      const is = event.dataTransfer.types.includes("Files");
      if (is) event.preventDefault();
      zone.classList.toggle("over", is);
    };
    zone.addEventListener("dragenter", over);
    zone.addEventListener("dragover", over);
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer.files.length !== 1) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  for (const button of document.querySelectorAll("[data-in]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
