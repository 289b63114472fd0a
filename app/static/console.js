// What a browser says of a field is in the browser's language; here it is in the page's. And a
// button prints. Without it the server says the same, and the browser's menu prints.
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

  for (const button of document.querySelectorAll("[data-in]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
