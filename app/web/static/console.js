// What a browser says of a field is in the browser's language; here it is in the page's. A form
// that was sent is not sent again by a double click; a page that stays open says when the session
// is about to end; a button prints, and one copies a table. Without it the server says the same,
// refuses what was done already, and the browser's menus print and copy.
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

  for (const button of document.querySelectorAll("[data-in]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A table as a spreadsheet takes it, and as a word processor does: words and numbers as they are
  // seen, without drawings and without what is only read out.
  const textOf = (cell) => {
    const shown = cell.cloneNode(true);
    for (const unseen of shown.querySelectorAll("svg, .vh, [aria-hidden=true]")) unseen.remove();
    return shown.textContent.replace(/\s+/g, " ").trim();
  };
  const copy = (table) => {
    const rows = [...table.rows].map((row) => [...row.cells]);
    const lines = rows.map((row) => row.map(textOf).join("\t")).join("\r\n");
    const plain = document.createElement("table");
    for (const row of rows) {
      const line = plain.insertRow();
      for (const cell of row) {
        const into = line.insertCell();
        into.textContent = textOf(cell);
        into.colSpan = cell.colSpan;
      }
    }
    let done = false;
    const fill = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      event.clipboardData.setData("text/plain", lines);
      event.clipboardData.setData("text/html", plain.outerHTML);
      done = true;
    };
    // Works on http too, where a browser has no navigator.clipboard.
    document.addEventListener("copy", fill, true);
    document.execCommand("copy");
    document.removeEventListener("copy", fill, true);
    return done;
  };
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.closest(".copies").hidden = false;
    button.addEventListener("click", () => {
      const done = copy(document.getElementById(button.dataset.copies));
      button.nextElementSibling.textContent = done ? button.dataset.done : button.dataset.failed;
    });
  }
})();
