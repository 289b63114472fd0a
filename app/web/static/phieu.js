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
  let timer, running, stopped;

  async function save() {
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Phieu-Autosave": "1" },
        redirect: "error",
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
    timer = setTimeout(() => {
      running = Promise.resolve(running).then(save);
    }, wait);
  }

  form.addEventListener("change", () => later(300));
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
