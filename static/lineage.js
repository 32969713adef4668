// The diagram of a lineage: zoom and drag, highlighting of ancestors and descendants, search, and arrow keys to move from
// model to model. Without this script, the diagram, its links and the table contain the same information.
"use strict";

for (const figure of document.querySelectorAll(".desk-lineage")) makeInteractive(figure);

function makeInteractive(figure) {
  const picture = figure.querySelector("svg");
  const boxes = new Map([...picture.querySelectorAll("[data-node]")].map((box) => [box.dataset.node, box]));
  const lines = [...picture.querySelectorAll("[data-child]")];
  const up = new Map(), down = new Map();
  for (const line of lines) {
    add(up, line.dataset.child, line.dataset.parent);
    add(down, line.dataset.parent, line.dataset.child);
  }

  // --- ancestors and descendants ------------------------------------------------------------------------------------
  const reached = (start, steps) => {
    const found = new Set([start]), waiting = [start];
    while (waiting.length) for (const next of steps.get(waiting.pop()) || []) if (!found.has(next)) { found.add(next); waiting.push(next); }
    return found;
  };
  const highlight = (node) => {
    const related = new Set([...reached(node, up), ...reached(node, down)]);
    for (const [id, box] of boxes) box.classList.toggle("desk-faded", !related.has(id));
    figure.classList.add("desk-highlighted");
    for (const line of lines) line.classList.toggle("desk-faded", !(related.has(line.dataset.child) && related.has(line.dataset.parent)));
  };
  const restore = () => {
    figure.classList.remove("desk-highlighted");
    picture.querySelectorAll(".desk-faded").forEach((each) => each.classList.remove("desk-faded"));
  };
  for (const [id, box] of boxes) {
    box.addEventListener("mouseenter", () => highlight(id));
    box.addEventListener("focus", () => highlight(id));
    box.addEventListener("mouseleave", restore);
    box.addEventListener("blur", restore);
    box.addEventListener("keydown", (event) => step(event, id));
  }

  // --- arrow keys ------------------------------------------------------------------------------------------------
  const step = (event, id) => {
    const top = (box) => box.getBoundingClientRect().top, left = (box) => box.getBoundingClientRect().left;
    const beside = [...boxes.values()].filter((box) => Math.abs(top(box) - top(boxes.get(id))) < 2).sort((a, b) => left(a) - left(b));
    const place = beside.indexOf(boxes.get(id));
    const next = {
      ArrowUp: boxes.get((up.get(id) || [])[0]), ArrowDown: boxes.get((down.get(id) || [])[0]),
      ArrowLeft: beside[place - 1], ArrowRight: beside[place + 1],
    }[event.key];
    if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
  };

  // --- zoom and drag ---------------------------------------------------------------------------------------------
  const whole = picture.viewBox.baseVal, width = whole.width, height = whole.height;
  const frame = figure.querySelector(".desk-scroll");
  let scale = 1;
  const zoom = (to) => {
    scale = Math.min(2, Math.max(0.15, to));
    picture.setAttribute("width", width * scale);
    picture.setAttribute("height", height * scale);
  };
  figure.querySelector("[data-zoom=in]").addEventListener("click", () => zoom(scale * 1.25));
  figure.querySelector("[data-zoom=out]").addEventListener("click", () => zoom(scale / 1.25));
  figure.querySelector("[data-zoom=all]").addEventListener("click", () => zoom(Math.min(1, frame.clientWidth / width)));
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(scale * (event.deltaY < 0 ? 1.1 : 0.9));
  }, { passive: false });
  let from = null;
  frame.addEventListener("pointerdown", (event) => { from = event.target.closest("a") ? null : [event.clientX, event.clientY, frame.scrollLeft, frame.scrollTop]; });
  frame.addEventListener("pointermove", (event) => {
    if (!from) return;
    frame.scrollLeft = from[2] - (event.clientX - from[0]);
    frame.scrollTop = from[3] - (event.clientY - from[1]);
  });
  addEventListener("pointerup", () => { from = null; });

  // --- search ----------------------------------------------------------------------------------------------------
  const found = figure.querySelector("[data-found]");
  figure.querySelector("input[type=search]").addEventListener("input", (event) => {
    const query = event.target.value.trim().toLowerCase();
    const hits = [...boxes].filter(([, box]) => query && box.textContent.toLowerCase().includes(query));
    restore();
    if (query) for (const [id, box] of boxes) box.classList.toggle("desk-faded", !hits.some(([hit]) => hit === id));
    found.textContent = query ? `${hits.length} / ${boxes.size}` : "";
    if (hits.length) hits[0][1].scrollIntoView({ block: "nearest", inline: "center" });
  });
  figure.querySelector(".desk-lineage-tools").hidden = false;
}

function add(map, key, value) {
  map.set(key, [...(map.get(key) || []), value]);
}
