// The page of a trustee, /giu-khoa/TOKEN: makes a key, opens a trial, opens an urn. The phrase stays
// in this page: it is in no field that is sent, in no storage, and forgotten when the page is left.
// Everything ends in the form that takes a file, which works without a script too.
//
//   section[data-step=key|trial|open]   data-wave, data-place; to open also data-index (its digest),
//                                       data-print, data-urn ("" in a trial), data-rows
//   [data-part=NAME]                    one of them is shown at a time: still (no script), lacking,
//                                       begin, show, type, look, fault
//   form[data-typed]                    where a phrase is typed; form[data-fetch] asks for the file
//   form[data-send]                     its file field is filled, and it is sent
//   template[data-words]                what is said: [data-word=NAME], {what} filled in

import { keyFile, keysOf, lacking, makePhrase, printOf, readPhrase } from "./phrase.js";
import { lookAt, openShares } from "./shares.js";

const page = document.querySelector("[data-step]");
const { step, wave, place, index, print, urn, rows } = page.dataset;
const part = (name) => page.querySelector(`[data-part=${name}]`);
const put = (name, text) => page.querySelectorAll(`[data-put=${name}]`).forEach((each) => (each.textContent = text));
const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);
const note = page.querySelector("[role=status]"), bar = page.querySelector("progress");
const typed = page.querySelector("[data-typed]"), field = typed.querySelector("input");
const send = document.querySelector("[data-send]"), title = document.title;
const wordsOf = document.querySelector("[data-words]").content;
const word = (name, what = "") =>
  wordsOf.querySelector(`[data-word=${name}]`).textContent.replace(/\{\w+\}/, () => what);

let phrase = "", made, given, sent = false;

function show(name) {
  for (const each of page.querySelectorAll("[data-part]")) each.hidden = each.dataset.part !== name;
  note.textContent = "";
  document.title = title;
  part(name).querySelector("h2")?.focus();
}

function wrong(text) {
  const told = typed.querySelector(".msg");
  told.hidden = !text;
  told.querySelector("[data-said]").textContent = text;
  note.textContent = "";
  for (const name of ["aria-invalid", "aria-errormessage"]) field.removeAttribute(name);
  document.title = text ? `${word("fault")} ${title}` : title;
  if (!text) return;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-errormessage", told.id);
  field.focus();
}

// What no other phrase mends; nothing was sent.
function stop(text) {
  show("fault");
  put("fault", text);
  document.title = `${word("fault")} ${title}`;
}

function hand(name, text) {
  const files = new DataTransfer();
  files.items.add(new File([text], name, { type: "application/json" }));
  send.querySelector("[type=file]").files = files.files;
  note.textContent = word("sending");
  sent = true;
  phrase = field.value = "";
  send.requestSubmit();
}

// Two tabs would make two phrases, and one of the papers be good for nothing.
const alone = () =>
  new Promise((done) => {
    if (!navigator.locks) return done(true);
    navigator.locks.request(`giu-khoa ${wave} ${place}`, { ifAvailable: true }, (lock) => {
      done(lock !== null);
      return lock && new Promise(() => {});
    });
  });

async function make() {
  if (!(await alone())) return stop(word("tabs"));
  phrase = makePhrase();
  made = await keysOf(readPhrase(phrase).signs, wave);
  put("print", await printOf(made.publicKey));
  seePhrase();
}

function seePhrase() {
  put("phrase", phrase);
  show("show");
}

function typeAgain() {
  put("phrase", "");
  wrong("");
  show("type");
  field.value = "";
  field.focus();
}

async function getFile(form) {
  note.textContent = word("fetching");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) return stop(word("refused"));
    given = await answer.json();
  } catch {
    return stop(word("network"));
  }
  try {
    put("urn", await lookAt(given, { wave, index, place: Number(place), urn }));
  } catch (error) {
    return stop(word(error.fault ?? "file"));
  }
  if (given.rows.length !== Number(rows)) return stop(word("file"));
  put("rows", number(given.rows.length));
  show("type");
}

async function openAll(signs) {
  note.textContent = word("deriving");
  const keys = await keysOf(signs, wave);
  const found = await printOf(keys.publicKey);
  if (found !== print) return wrong(word("other", found));
  note.textContent = word("opening");
  bar.hidden = false;
  const { file, unopened } = await openShares(given, keys, (done, all) => {
    bar.max = all;
    bar.value = done;
  });
  bar.hidden = true;
  if (unopened === file.rows.length) return stop(word("none"));
  hand("phan-khoa-da-mo.json", JSON.stringify(file));
}

let busy = false;
const doing = (work) => async (event) => {
  event.preventDefault();
  if (busy || sent) return;
  busy = true;
  try {
    await work(event.currentTarget ?? event.target);
  } catch (error) {
    stop(word("broken"));
    throw error;
  } finally {
    busy = false;
  }
};

const onClick = (name, work) =>
  page.querySelector(`[data-do=${name}]`)?.addEventListener("click", doing(work));
onClick("make", make);
onClick("back", seePhrase);
onClick("again", typeAgain);
onClick("print", () => window.print());
const asks = page.querySelector("[data-fetch]");
asks?.addEventListener("submit", doing(() => getFile(asks)));
typed.addEventListener("submit", doing(async () => {
  const { signs, fault, what } = readPhrase(field.value);
  wrong(fault ? word(fault, what) : "");
  if (fault) return;
  if (step !== "key") return openAll(signs);
  if (signs !== readPhrase(phrase).signs) return wrong(word("differs"));
  hand("khoa-cong-khai.json", keyFile(wave, made.publicKey));
}));

addEventListener("beforeunload", (event) => phrase && event.preventDefault());
addEventListener("pagehide", () => ((phrase = field.value = ""), put("phrase", "")));
addEventListener("pageshow", (event) => event.persisted && location.reload());

const lack = await lacking();
if (lack) {
  show("lacking");
  put("lacking", word(lack));
} else show(step === "key" ? "begin" : "look");
