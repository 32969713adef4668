// The workspace in a browser with scripts: nothing typed is lost, files are uploaded with their progress.
"use strict";

const DRAFTS = "workspace:";
const OWN = ["csrfmiddlewaretoken", "version", "owner", "shown"];
const texts = document.body.dataset;

// --- what is typed and not saved yet is kept in this browser -------------------------------------------------
function draftKey(form) { return DRAFTS + form.dataset.draft; }

function typedIn(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OWN.includes(name));
}

function keep(form) {
  form.dataset.touched = "1";
  const own = Object.fromEntries(OWN.slice(1).filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]));
  const draft = { own, typed: typedIn(form), isSent: Boolean(form.dataset.sent) };
  try { localStorage.setItem(draftKey(form), JSON.stringify(draft)); } catch { /* the browser keeps nothing */ }
}

function forget(form) {
  delete form.dataset.touched;
  try { localStorage.removeItem(draftKey(form)); } catch { /* the same */ }
}

function forgetAll() {
  try { Object.keys(localStorage).filter((key) => key.startsWith(DRAFTS)).forEach((key) => localStorage.removeItem(key)); } catch { /* the same */ }
}

// An answer or a message that has arrived leads to a page that says so.
function forgetSent() {
  if (!document.querySelector(".message-success")) return;
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(DRAFTS) && /\/(answer|message)$/.test(key)).forEach((key) => {
      const filing = key.split("/")[1];
      if (location.pathname.includes(filing) && JSON.parse(localStorage.getItem(key)).isSent) localStorage.removeItem(key);
    });
  } catch { /* the same */ }
}

function restore(form) {
  let draft = null;
  try { draft = JSON.parse(localStorage.getItem(draftKey(form))); } catch { return; }
  if (!draft || !form.querySelector(":scope button")) return;
  // What the server has shown again without saving it is what counts.
  if (form.closest("[data-unsaved]")) { keep(form); return; }
  const before = JSON.stringify(typedIn(form));
  if (before === JSON.stringify(draft.typed)) { forget(form); return; }
  const values = new Map();
  draft.typed.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
  let isWhole = true;
  values.forEach((given, name) => { if (!form.elements[name]) isWhole = false; });
  for (const field of form.elements) {
    if (!field.name || OWN.includes(field.name) || field.type === "file") continue;
    const given = values.get(field.name);
    if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(given && given.includes(field.value));
    else if (field.type !== "hidden" && field.type !== "submit" && given) field.value = given[given.length - 1];
  }
  // What was typed belongs to the version that was shown then: saving compares with that one.
  Object.entries(draft.own || {}).forEach(([name, value]) => { if (form.elements[name]) form.elements[name].value = value; });
  form.dataset.touched = "1";
  if (!isWhole) showMissing(form, values);
  alarm(texts.restored, [[texts.discard, () => { forget(form); location.reload(); }]]);
}

// Entries that were added to a list and not saved are sent to the server, which shows the form with them again.
let shownAgain = false;
function showMissing(form, values) {
  values.forEach((given, name) => {
    if (form.elements[name] || !name.startsWith("/")) return;
    given.forEach((value) => {
      const field = document.createElement("input");
      field.type = "hidden"; field.name = name; field.value = value;
      form.append(field);
    });
  });
  const show = form.querySelector("button[name=show]");
  if (show && !shownAgain) { shownAgain = true; form.requestSubmit(show); }
}

function alarm(text, actions) {
  document.querySelectorAll(".alarm").forEach((old) => old.remove());
  const box = document.createElement("div");
  box.className = "alarm"; box.setAttribute("role", "alert");
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  (actions || []).forEach(([label, act]) => {
    const button = document.createElement(typeof act === "string" ? "a" : "button");
    button.textContent = label; button.className = "button small";
    if (typeof act === "string") { button.href = act; button.target = "_blank"; button.rel = "noopener"; } else { button.type = "button"; button.addEventListener("click", act); }
    box.append(button, " ");
  });
  document.body.append(box);
}

function begin(root) {
  root.querySelectorAll("form[data-draft]").forEach((form) => {
    if (!form.dataset.begun) { form.dataset.begun = "1"; restore(form); }
  });
  const focus = root.querySelector("[data-focus]");
  if (focus) focus.focus();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form) { clearTimeout(form.keeping); form.keeping = setTimeout(() => keep(form), 250); form.dataset.touched = "1"; }
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-signs-out]")) forgetAll();
  if (form.matches("form[data-draft]") && form.dataset.touched) { clearTimeout(form.keeping); form.dataset.sent = "1"; keep(form); }
});
// A form that could not be sent is not sent.
["htmx:sendError", "htmx:responseError"].forEach((name) => document.addEventListener(name, (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form) delete form.dataset.sent;
}));
addEventListener("beforeunload", (event) => {
  // What is typed is kept, so nobody is asked; but a form without storage asks.
  const touched = [...document.querySelectorAll("form[data-draft]")].some((form) => form.dataset.touched && !form.dataset.sent);
  if (touched && !storageWorks()) event.preventDefault();
});

function storageWorks() {
  try { localStorage.setItem(`${DRAFTS}test`, "1"); localStorage.removeItem(`${DRAFTS}test`); return true; } catch { return false; }
}

// --- saving by htmx ------------------------------------------------------------------------------------------
function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

// Somebody may have signed in again in another tab, which renews the token.
document.addEventListener("htmx:configRequest", (event) => {
  const token = cookie("csrftoken");
  if (token) event.detail.headers["X-CSRFToken"] = token;
  if (token && event.detail.parameters.csrfmiddlewaretoken) event.detail.parameters.csrfmiddlewaretoken = token;
});
document.addEventListener("htmx:sendError", () => alarm(texts.lost));
document.addEventListener("htmx:timeout", () => alarm(texts.lost));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401 || status === 403) alarm(texts.ended, [[texts.signInLabel, texts.signIn]]);
  else alarm(texts.failed);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.target.querySelector("form[data-draft]");
  // An entry that was added to a list is not saved yet.
  if (form && event.detail.xhr.status < 300 && !event.detail.xhr.responseText.includes("data-unsaved")) forget(form);
  document.querySelectorAll(".alarm").forEach((old) => old.remove());
});
// The answer leads to another page.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const form = event.detail.elt.closest && event.detail.elt.closest("form[data-draft]");
  if (form && event.detail.xhr.getResponseHeader("HX-Redirect")) forget(form);
});
document.addEventListener("htmx:afterSettle", (event) => {
  begin(document);
  if (event.detail.elt && event.detail.elt.querySelector) {
    const editor = document.getElementById("editor");
    const head = editor && editor.querySelector(".sheet .messages, .sheet [data-focus]");
    if (head) head.scrollIntoView({ block: "center" });
  }
});

// --- uploads -------------------------------------------------------------------------------------------------
function uploadOne(form, file, line, done) {
  const data = new FormData(form);
  data.delete("file");
  data.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", cookie("csrftoken"));
  const bar = document.createElement("progress");
  bar.max = 1; bar.value = 0; bar.setAttribute("aria-label", file.name);
  line.append(bar);
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
  request.addEventListener("load", () => {
    bar.remove();
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { /* not from the registry */ }
    const result = answer && answer.results && answer.results[0];
    line.className = result && result.ok ? "message message-success" : "message message-error";
    line.textContent = result ? `${result.name}: ${result.text}` : `${file.name}: ${request.status === 401 || request.status === 403 ? texts.ended : texts.failed}`;
    done(Boolean(result && result.ok));
  });
  request.addEventListener("error", () => { bar.remove(); line.className = "message message-error"; line.textContent = `${file.name}: ${form.dataset.again}`; done(false); });
  request.send(data);
}

function uploadAll(form, files) {
  const list = form.querySelector(".uploads");
  const waiting = [...files];
  let all = true;
  const next = () => {
    const file = waiting.shift();
    if (!file) { if (all) location.reload(); return; }
    const line = document.createElement("li");
    line.textContent = file.name;
    list.append(line);
    uploadOne(form, file, line, (ok) => { all = all && ok; next(); });
  };
  next();
}

document.querySelectorAll("form[data-drop]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    const files = form.querySelector("input[type=file]").files;
    if (files.length) { event.preventDefault(); uploadAll(form, files); }
  });
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("drop-over"); });
  form.addEventListener("dragleave", () => form.classList.remove("drop-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("drop-over");
    if (event.dataTransfer.files.length) uploadAll(form, event.dataTransfer.files);
  });
});
// A page that waits for something is read again, a few times.
const waiting = document.querySelector("[data-reload]");
if (waiting) {
  const key = `reload:${location.pathname}`;
  const times = Number(sessionStorage.getItem(key) || 0);
  if (times < 10) { sessionStorage.setItem(key, String(times + 1)); setTimeout(() => location.reload(), Number(waiting.dataset.reload) * 1000); }
} else { sessionStorage.removeItem(`reload:${location.pathname}`); }
// On a narrow screen, the list of sections is folded.
if (matchMedia("(max-width: 860px)").matches) document.querySelectorAll(".contents-list").forEach((list) => { list.open = false; });

forgetSent();
begin(document);
