// What a page gains with a script: it stays up to date, and what was typed survives a lost connection.
// Without it every page and form works the same, by loading anew.
"use strict";

const main = document.getElementById("main");

/** Fetches this page again and puts in place what has changed, but for what the reader is typing in. */
async function refresh() {
  const answer = await fetch(`${location.pathname}?live=1`, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.querySelector(`[data-live="${CSS.escape(part.dataset.live)}"]`);
    if (fresh && fresh.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
      part.replaceWith(document.importNode(fresh, true));
    }
  }
}

/** Follows the record while the page is seen; after a lost connection the browser comes back by itself. */
function follow() {
  if (!document.querySelector("[data-live]") || !window.EventSource) return;
  const events = new EventSource("/events");
  let seen = Number(main.dataset.entry);
  events.onmessage = (event) => {
    const entries = Number(event.data);
    // Fewer than before: the server began anew.
    if (entries !== seen) {
      seen = entries;
      refresh();
    }
  };
}

/** Keeps what is typed until it was received. */
function keepDrafts() {
  for (const field of document.querySelectorAll("form[data-draft] textarea, form[data-draft] input[type=text]")) {
    const key = `draft ${location.pathname} ${field.form.dataset.draft} ${field.name}`;
    const kept = sessionStorage.getItem(key);
    if (kept !== null && field.value === field.defaultValue) field.value = kept;
    field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
    field.form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }
}

/** What was typed and not sent goes with the sign-out; what the booth still has to deliver stays. */
function forgetDrafts() {
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
    const drafts = Object.keys(sessionStorage).filter((key) => key.startsWith("draft "));
    for (const key of drafts) sessionStorage.removeItem(key);
  });
}

/** A second click sends nothing: the form says so once, and the server would answer it with the first answer. */
function sendOnce() {
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
}

/** Shows how much is left of a time, in minutes and seconds; over it, how much too long. */
function countDown() {
  for (const part of document.querySelectorAll("[data-until]")) {
    const left = Math.round((Date.parse(part.dataset.until) - Date.now()) / 1000);
    const [minutes, seconds] = [Math.floor(Math.abs(left) / 60), Math.abs(left) % 60];
    part.textContent = `${left < 0 ? "−" : ""}${minutes}:${String(seconds).padStart(2, "0")}`;
    part.classList.toggle("over", left < 0);
  }
}

/** A code from a letter's square stands behind the address, where no server and no proxy sees it. */
function fillCode() {
  const [, name, code] = /^#(code|token)=([\w=-]{1,4000})$/.exec(location.hash) ?? [];
  const field = name && document.getElementById(name);
  if (field) {
    field.value = code;
    history.replaceState(null, "", location.pathname);
  }
}

follow();
fillCode();
setInterval(countDown, 1000);
countDown();
keepDrafts();
forgetDrafts();
sendOnce();
