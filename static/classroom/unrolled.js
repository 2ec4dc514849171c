// One window of the lesson, step by step. All values come at once, so a step is drawn here and waits for nobody.
// Python owns the lesson; this tells it where the reader stands, so that a link leads back there.

const version = new URL(import.meta.url).search;
const [{ h }, { contribution, entry, places }, { presses }, { isDark }] = await Promise.all([
  import(`../studio/view.js${version}`), import(`./terms.js${version}`),
  import(`../common/presses.js${version}`), import(`../common/ground.js${version}`),
]);

const BEAT = 1200; // milliseconds a step is shown while it plays
const TERMS = 6; // summands that are written out, the largest first where there are more

export function render({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".unrolled");
  const view = root.view || (root.view = mount(root));
  view.presses.send = (pending) => setTriggerValue("event", { events: pending });
  view.update(data);
}

function mount(root) {
  const $ = (name) => root.querySelector(`.${name}`);
  let data = null;
  let step = 0;
  let chosen = null; // {name, row, column} of the entry that is taken apart
  let playing = null;
  let telling = null;
  const reported = presses(root);
  const { emit } = reported;
  const view = { update, presses: reported, root };
  root.addEventListener("pointerover", (event) => choose(event.target));
  root.addEventListener("click", (event) => choose(event.target));
  root.addEventListener("keydown", walk);
  return view;

  function update(next) {
    const other = !data || data.story !== next.story;
    data = next;
    reported.settle(data.ack);
    root.classList.toggle("dark", isDark(root));
    if (other) { step = Math.min(data.step, data.frames.length - 1); chosen = null; }
    draw();
  }

  function go(to) {
    step = Math.max(0, Math.min(to, data.frames.length - 1));
    chosen = null;
    draw();
    clearTimeout(telling); // one word to Python after some quick steps, not one for each
    telling = setTimeout(() => emit({ type: "step", step, story: data.story }), 500);
  }

  function next() {
    if (step < data.frames.length - 1) go(step + 1);
    else if (data.more) { clearTimeout(telling); emit({ type: "window", by: 1, story: data.story }); }
    else stop();
  }

  function play() {
    if (playing) { stop(); return; }
    playing = setInterval(() => (root.isConnected ? next() : stop()), BEAT);
    draw();
  }

  function stop() { clearInterval(playing); playing = null; draw(); }

  function draw() {
    const focused = root.getRootNode().activeElement?.dataset?.id;
    const frame = data.frames[step];
    drawStrip(frame);
    $("frames").replaceChildren(...data.frames.map(frameButton));
    $("frames").setAttribute("aria-label", data.labels.steps);
    $("tools").replaceChildren(
      button("play", playing ? data.labels.pause : data.labels.play, play, true),
      button("back", data.labels.back, () => go(step - 1), false, step === 0),
      button("next", data.labels.next, next, false, step === data.frames.length - 1 && !data.more),
      button("reset", data.labels.reset, () => { stop(); go(0); }));
    $("title").textContent = frame.title;
    $("now").replaceChildren(...frame.names.map(card));
    $("heading").textContent = data.labels.weights;
    $("weights").replaceChildren(...data.weights.map(card));
    drawMeters();
    drawMade();
    if (focused) root.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  function drawStrip(frame) {
    const here = frame.step ? data.at + frame.step - 1 : -1;
    $("strip").replaceChildren(...data.text.map((letter, place) => {
      const inside = place >= data.at && place < data.at + data.width;
      const names = [inside && "inside", place === here && "here", place === here + 1 && here >= 0 && "target"];
      return h("span", { class: names.filter(Boolean).join(" ") }, letter);
    }));
    $("strip").setAttribute("aria-label", `${data.labels.text}: ${data.text.join("")}`);
  }

  function frameButton(frame, place) {
    const arrow = { forward: "→", backward: "←", update: "↻" }[frame.phase];
    return h("button", { class: "frame", type: "button", "data-id": `frame-${place}`, "aria-current": String(place === step), "aria-label": frame.title, title: frame.title, onclick: () => go(place) },
      arrow, frame.letter ? ` ${frame.letter}` : "");
  }

  function button(id, label, action, primary = false, disabled = false) {
    return h("button", { class: `tool${primary ? " primary" : ""}`, type: "button", "data-id": id, disabled, onclick: action }, label);
  }

  // Letters always run from left to right, so a matrix of one row for each letter is drawn lying.
  function card(name) {
    const quantity = data.quantities[name];
    const { rows, columns, at } = places(quantity);
    const most = quantity.rule === "softmax" ? 1 : Math.max(...quantity.values.flat().map(Math.abs), 1e-9);
    const size = rows > 6 ? "low" : rows === 1 && columns <= 8 ? "tall" : "";
    const cells = [];
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
      const [r, c] = at(row, column);
      cells.push(cell(name, quantity.values[r][c], r, c, most, columns <= 8 ? 2 : columns <= 12 ? 1 : 0, size));
    }
    const labelled = columns === data.letters.length && quantity.axes.includes("letters");
    const room = columns > 12 ? 520 : Math.max(150, 26 + 36 * columns);
    return h("div", { class: "card", style: { "flex-basis": `${room}px` }, "data-quantity": name },
      h("p", { class: "formula" }, quantity.formula),
      h("div", { class: "grid", tabindex: "0", "data-id": `grid-${name}`, role: "img", "aria-label": `${quantity.formula}. ${quantity.meaning}`, style: { "grid-template-columns": `repeat(${columns}, minmax(0, 1fr))` } },
        ...(labelled ? data.letters.map((letter) => h("span", { class: "axis" }, letter)) : []), ...cells),
      h("p", { class: "meaning" }, quantity.meaning));
  }

  function cell(name, value, row, column, most, digits, size) {
    const written = digits > 0;
    const share = Math.round(100 * Math.pow(Math.abs(value) / most, 0.6));
    const hue = value < 0 ? "dominant" : "tonic";
    return h("div", { class: `cell ${size}`, "data-name": name, "data-row": row, "data-column": column, style: { background: `color-mix(in srgb, var(--${hue}) ${Math.min(share, 72)}%, var(--surface))` } },
      written ? number(value, digits) : "");
  }

  function choose(target) {
    const found = target.closest?.(".cell");
    if (!found) return;
    chosen = { name: found.dataset.name, row: Number(found.dataset.row), column: Number(found.dataset.column) };
    drawMade();
  }

  // Arrow keys walk over the entries of the heat map that has the focus.
  function walk(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const grid = event.target.closest?.(".grid");
    if (!grid || !move) return;
    const cells = [...grid.querySelectorAll(".cell")];
    const now = cells.findIndex((one) => one.classList.contains("chosen"));
    choose(cells[Math.max(0, Math.min(cells.length - 1, now + move))]);
    event.preventDefault();
  }

  function drawMade() {
    for (const old of root.querySelectorAll(".chosen, .maker")) old.classList.remove("chosen", "maker");
    const idle = !chosen || !data.quantities[chosen.name];
    $("made").classList.toggle("idle", idle);
    if (idle) { $("made").replaceChildren(h("span", { class: "quiet" }, matchMedia("(hover: none)").matches ? data.labels.tap : data.labels.hover)); return; }
    const { sign, value, terms, before, after } = entry(data, chosen.name, chosen.row, chosen.column);
    mark(chosen, "chosen");
    for (const term of terms) for (const factor of term.factors) if (term.value !== 0) mark(factor, "maker");
    $("made").replaceChildren(h("b", {}, sign), " = ", ...written(terms, before, after), h("b", {}, ` ${terms.length ? "= " : ""}${number(value, 4)}`));
  }

  function written(terms, before, after) {
    if (!terms.length) return [];
    const live = terms.filter((term) => term.value !== 0);
    const shown = live.length > TERMS ? [...live].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, TERMS) : live;
    const rest = live.length - shown.length;
    const sum = live.filter((term) => !shown.includes(term)).reduce((total, term) => total + term.value, 0);
    const parts = shown.map((term, place) => h("span", { class: "term" }, place ? `${term.joint} ` : "", contribution(term, number)));
    if (!live.length) parts.push(number(0, 0));
    if (rest) parts.push(h("span", { class: "term quiet" }, `+ ${data.labels.rest.replace("{count}", rest)} ${number(sum, 4)}`));
    return [before, ...parts, after];
  }

  function mark({ name, row, column }, kind) {
    for (const one of root.querySelectorAll(`.cell[data-name="${name}"][data-row="${row}"][data-column="${column}"]`)) one.classList.add(kind);
  }

  // The loss of every letter, how strongly it pulls at each step's hidden values, and the length of each gradient.
  function drawMeters() {
    const reached = data.frames.slice(0, step + 1);
    const done = (phase, at) => reached.some((frame) => frame.phase === phase && frame.step === at);
    const over = reached.some((frame) => frame.phase === "update");
    $("meters").replaceChildren(
      meter(data.labels.losses, data.losses.map((value, at) => [data.quantities[`L${at + 1}`].sign, value, done("forward", at + 1)])),
      meter(data.labels.pulls, data.pulls.map((value, at) => [`‖${data.quantities[`dh${at + 1}`].sign}‖`, value, done("backward", at + 1)])),
      meter(data.clipping, data.norms.map(([sign, value]) => [`‖${sign}‖`, value, over])));
  }

  function meter(label, rows) {
    const most = Math.max(...rows.map(([, value]) => value), 1e-9);
    return h("div", { class: "meter" }, h("p", {}, label), h("div", { class: "bars" },
      ...rows.flatMap(([sign, value, seen]) => [
        h("span", {}, sign),
        h("span", { class: `bar${seen ? "" : " later"}`, style: { width: `${(100 * value) / most}%` } }),
        h("span", {}, seen ? number(value, 4) : "…")])));
  }
}

const number = (value, digits) => (value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits ? (digits > 2 ? value.toExponential(1) : (0).toFixed(digits)) : value.toFixed(digits)).replace("-", "−");
