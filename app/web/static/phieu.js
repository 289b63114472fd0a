// Saves a page while it is being filled in, and prints. Without it everything works just as well.
"use strict";
(() => {
  const print = document.querySelector("[data-in]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  // A page that the back button took from memory may be older than what is saved.
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  const form = document.querySelector("main form");
  const note = form && form.querySelector("[role=status]");
  if (!note) return;
  // Fields are found by selectors: a comment may be called "action" or "elements".
  const ticket = form.querySelector('[name=".phieu"]');
  const soFar = form.querySelector(".so-far span");
  let timer, running, stopped, wanted;

  function count() {
    if (!soFar) return;
    const kind = form.querySelector(".picks") ? ".picks :checked" : ".ask:has(:checked)";
    soFar.textContent = form.querySelectorAll(kind).length;
  }

  async function save(leaving) {
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Phieu-Autosave": "1" },
        redirect: "error",
        keepalive: leaving === true,
      });
      const said = await answer.json();
      if (said.ticket) ticket.value = said.ticket;
      if (answer.status === 409) stopped = true;
      note.textContent = said.note;
    } catch {
      note.textContent = note.dataset.chua;
    }
  }

  function later(wait) {
    clearTimeout(timer);
    if (stopped) return;
    wanted = true;
    timer = setTimeout(() => now(), wait);
  }

  function now(leaving) {
    clearTimeout(timer);
    wanted = false;
    running = leaving ? save(true) : Promise.resolve(running).then(save);
  }

  form.addEventListener("change", () => {
    count();
    later(300);
  });
  // Who leaves by a link has what was just chosen saved, too.
  addEventListener("pagehide", () => wanted && !stopped && now(true));
  form.addEventListener("input", (event) => event.target.tagName === "TEXTAREA" && later(2000));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    stopped = true;
    if (!running) return;
    // What is on its way comes first: its ticket is the one to send.
    event.preventDefault();
    const again = () => HTMLFormElement.prototype.requestSubmit.call(form, event.submitter);
    // Not from within this event: a form that is being submitted ignores it.
    running.finally(() => setTimeout(again));
    running = undefined;
  });
})();
