// The desk: choosing all rows of a list, and the keyboard. Everything works without it.
document.addEventListener("DOMContentLoaded", () => {
  const all = document.querySelector("[data-all]");
  if (all) {
    const boxes = [...document.querySelectorAll('input[name="filing"]')];
    all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  }

  // Single keys can be switched off (WCAG 2.1.4).
  const keySwitch = document.querySelector("[data-keys]");
  if (keySwitch) {
    keySwitch.checked = localStorage.getItem("deskKeys") !== "off";
    keySwitch.addEventListener("change", () => localStorage.setItem("deskKeys", keySwitch.checked ? "on" : "off"));
  }
  // A printed case has all of its sections.
  addEventListener("beforeprint", () => document.querySelectorAll(".desk-section, .desk-small:has(.desk-places)").forEach((box) => (box.open = true)));

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
  const follow = (selector) => document.querySelector(selector)?.click();
  let place = -1;
  const jump = (step) => {
    const flags = [...document.querySelectorAll(".desk-line-flags, .desk-flag[id]")];
    if (!flags.length) return;
    place = (place + step + flags.length) % flags.length;
    for (let box = flags[place].closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    flags[place].scrollIntoView({ block: "center" });
    flags[place].setAttribute("tabindex", "-1");
    flags[place].focus({ preventScroll: true });
  };
  const act = () => {
    const step = document.querySelector("#actions .desk-primary, #actions a.desk-button, #actions details.desk-verb > summary");
    document.querySelector("#actions")?.scrollIntoView({ block: "nearest" });
    step?.focus();
  };
  const keys = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    j: () => follow("[data-next]"),
    k: () => follow("[data-previous]"),
    n: () => jump(1),
    p: () => jump(-1),
    a: act,
    "?": () => document.querySelector("#keys")?.toggleAttribute("open"),
  };
  document.addEventListener("keydown", (event) => {
    if (localStorage.getItem("deskKeys") === "off") return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const action = keys[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
});
