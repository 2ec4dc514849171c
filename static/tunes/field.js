// A text field for ABC in which places can be marked: bad ones, the note that was looked for, the one that sounds.
// The marks lie on a copy of the text behind the field. Whatever is typed stays: Python's text comes in only when
// nothing typed is on its way.

const version = new URL(import.meta.url).search;
const { h } = await import(`../studio/view.js${version}`);
const PAUSE = 250; // milliseconds without a key after which the text is checked
const STEP = 1500; // and after which more typing is a step of its own for undo

export function field({ label, placeholder = "", onEdit, onKey = () => {} }) {
  const back = h("div", { class: "back", "aria-hidden": "true" });
  const area = h("textarea", {
    "aria-label": label, placeholder, spellcheck: "false", autocapitalize: "off", autocomplete: "off", autocorrect: "off", rows: "1", maxlength: "20000",
    oninput: typed, onblur: flush, onkeydown: onKey,
  });
  const node = h("div", { class: "field" }, back, area);
  let checked = ""; // the text the bad places belong to
  let bad = [];
  let others = {}; // class -> [start, end]
  let timer = null;
  let last = -Infinity; // when the text was typed in last; a text that came in begins a step
  let drawn = "";
  return { node, area, set, mark, find, flush, holds: () => timer !== null, value: () => area.value, cursor: () => area.selectionStart };

  function typed() {
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
    paint();
  }

  function flush() {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    const now = performance.now();
    onEdit(area.value, now - last > STEP);
    last = now;
  }

  function set(text, faults, mine) {
    checked = text;
    bad = faults.map(({ start, end, serious }) => [start, Math.max(end, start + 1), serious ? "bad" : "odd"]);
    if (!mine && timer === null && area.value !== text) { area.value = text; last = -Infinity; }
    area.setAttribute("aria-invalid", String(faults.some((fault) => fault.serious)));
    paint();
  }

  function mark(kind, place) {
    if (place) others[kind] = place;
    else delete others[kind];
    paint();
  }

  // Shows a place and puts the cursor there; the page itself never scrolls.
  function find(start, end, focus) {
    mark("found", [start, end]);
    area.setSelectionRange(start, end);
    if (focus) area.focus({ preventScroll: true });
    const spot = back.querySelector(".found");
    if (spot) node.scrollTop = Math.max(0, spot.offsetTop - node.clientHeight / 2);
  }

  function paint() {
    const text = area.value;
    const same = common(text, checked);
    const spans = [
      ...bad.filter(([, end]) => end <= same || text === checked),
      ...Object.entries(others).filter(([, [, end]]) => end <= same).map(([kind, [start, end]]) => [start, end, kind]),
    ];
    const signature = JSON.stringify([text, spans]);
    if (signature === drawn) return;
    drawn = signature;
    const edges = [...new Set([0, text.length, ...spans.flatMap(([start, end]) => [start, end])])].sort((a, b) => a - b);
    const pieces = edges.slice(1).map((end, at) => {
      const start = edges[at];
      const kinds = spans.filter(([from, to]) => from <= start && to >= end).map(([, , kind]) => kind);
      const piece = text.slice(start, end) || (kinds.length ? " " : "");
      return kinds.length ? h("mark", { class: kinds.join(" ") }, piece) : piece;
    });
    back.replaceChildren(...pieces, "\n");
  }
}

function common(a, b) {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

// Bad places in words; a press leads to the place.
export function faultList(faults, show) {
  return faults.map((fault) => h("li", { class: fault.serious ? "serious" : "" },
    h("button", { type: "button", onclick: () => show(fault) }, h("span", { class: "place" }, fault.place), fault.sentence)));
}
