// The roll: notes that are heard, dragged, played. Python owns the state; this draws what it is given and reports
// presses. What a press changes is drawn before the answer comes.

const version = new URL(import.meta.url).search;
const [sound, { h, icon }, draw, { piano, recording }, { presses }, { isDark }] = await Promise.all([
  import(`../studio/sound.js${version}`), import(`../studio/view.js${version}`), import(`./draw.js${version}`), import(`./keys.js${version}`),
  import(`../common/presses.js${version}`), import(`../common/ground.js${version}`),
]);

const SCALE = { least: 4, most: 200, usual: 28, fits: 16 }; // pixels a beat; all is shown where that leaves `fits`
const WHOLE = -1;
const HEIGHT = 308; // pixels of the lanes, about
const AT_ONCE = 1 / 24 - 1e-3; // beats; notes no further apart begin together, as for Python
const MOVED = 3; // pixels from which a press is a drag
const KEYS = { closer: "+", wider: "-" };
let live = null;

export function render({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".roll");
  const roll = root.roll || (root.roll = mount(root));
  live = roll;
  roll.presses.send = (pending) => setTriggerValue("event", { events: pending });
  roll.update(data);
}

function mount(root) {
  const $ = (name) => root.querySelector(`.${name}`);
  const scroll = $("scroll");
  let data = null;
  let view = null;
  let notes = []; // {id, pitch, onset, duration, kind, staff}; what was just done by hand included
  let scale = null; // pixels a beat; null is as suits the width, WHOLE what shows all
  let picked = null; // id of a note
  let hand = null; // the note under it, as drawn
  let later = null; // what Python said meanwhile: drawn anew, the note would be lost to the hand
  let cursor = 0; // beat where playing begins
  let run = null; // {started, from} while it plays
  let heard = ""; // what is being played, as a stamp of its notes

  const reported = presses(root);
  const { emit } = reported;
  const played = recording((rows) => emit({ type: "played", notes: rows }));
  const keys = piano($("keyboard"), h, { down: keyDown, up: keyUp, again });
  const roll = { update, presses: reported, key, keyUp: (event) => keys.release(event), root };
  scroll.addEventListener("pointerdown", pressGround);
  $("gutter").addEventListener("pointerdown", pressGutter);
  scroll.addEventListener("wheel", wheel, { passive: false });
  scroll.addEventListener("touchstart", pinchStart, { passive: false });
  scroll.addEventListener("touchmove", pinch, { passive: false });
  new ResizeObserver(() => data && drawField()).observe(scroll);

  function update(next) {
    if (hand?.isConnected) { later = next; return; }
    later = null; // a field drawn anew has taken the note out of the hand: what was kept for then is old
    data = next;
    reported.settle(data.ack);
    root.classList.toggle("dark", isDark(root));
    root.classList.toggle("writing", data.writing);
    root.classList.toggle("playing-in", data.keyboard);
    if (!reported.waiting()) takeOver();
    drawAll();
    keys.draw(data.keyboard, data);
  }

  const stamp = () => notes.map(({ pitch, onset, duration }) => `${pitch} ${onset.toFixed(2)} ${duration.toFixed(2)}`).sort().join();

  // What Python says holds, once it has answered everything.
  function takeOver() {
    notes = data.notes.map(([id, pitch, onset, duration, kind, staff]) => ({ id, pitch, onset, duration, kind, staff }));
    if (picked !== null && !notes.some((note) => note.id === picked)) picked = null;
    if (run && !data.writing && stamp() !== heard) goOn(); // other notes than those that sound
    if (data.keyboard) played.agree(notes.filter((note) => note.kind === 0));
    cursor = Math.min(cursor, data.beats);
  }

  function drawAll() {
    drawTools();
    drawField();
    drawFoot();
    drawTakes();
  }

  function drawTools() {
    const focused = root.getRootNode().activeElement?.dataset?.id;
    const playing = run !== null;
    const { labels } = data;
    $("tools").replaceChildren(
      tool("play", playing ? labels.stop : labels.play, togglePlay, { draws: playing ? "stop" : "play", primary: true, disabled: !notes.length }),
      tool("undo", labels.undo, () => emit({ type: "undo" }), { draws: "undo", disabled: !data.canUndo }),
      tool("redo", labels.redo, () => emit({ type: "redo" }), { draws: "redo", disabled: !data.canRedo }),
      tool("remove", labels.remove, remove, { draws: "remove", disabled: picked === null || data.writing }),
      h("span", { class: "gap" }),
      tool("wider", labels.wider, () => zoom(1 / 1.5), { draws: "shorter" }),
      tool("closer", labels.closer, () => zoom(1.5), { draws: "longer" }),
      tool("whole", labels.whole, () => { scale = WHOLE; drawField(); }, { words: "↔" }));
    if (focused) root.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  function tool(id, label, action, { draws = null, primary = false, disabled = false, words = "" }) {
    return h("button", { class: `tool ${primary ? "primary" : "small"}`, type: "button", "data-id": id, title: label, "aria-label": label,
      "aria-keyshortcuts": KEYS[id], disabled, onclick: action }, draws ? icon(draws) : words, h("span", { class: "text" }, draws ? label : ""));
  }

  function drawField() {
    const top = draw.HEAD + (data.chords.length ? draw.CHORDS : 0);
    const width = scroll.clientWidth || 600;
    const fit = (width - 2) / Math.max(1, data.beats || data.bars.at(-1));
    const usual = fit >= SCALE.fits ? fit : Math.min(SCALE.usual, width / 16);
    const shown = scale === WHOLE ? fit : scale ?? usual;
    view = { ...draw.measured(notes, HEIGHT), top, scale: Math.max(SCALE.least, Math.min(SCALE.most, shown)) };
    const height = top + view.rows * view.row + 4;
    const beats = Math.max(1, data.beats || data.bars.at(-1), ...notes.map((note) => note.onset + note.duration));
    const svg = draw.s("svg", { width: Math.max(width - 1, beats * view.scale + 1), height },
      draw.hatch(), draw.ground(view, { ...data, beats }), seam(), notes.map(beyond), notes.map(node), cursorLine(), playhead());
    const left = scroll.scrollLeft;
    scroll.replaceChildren(svg, ...(notes.length ? [] : [h("p", { class: "invite" }, data.labels.empty)]));
    scroll.scrollLeft = left;
    scroll.setAttribute("aria-label", data.labels.roll);
    $("gutter").replaceChildren(draw.gutter(view, data.names, height));
  }

  const node = (note) => {
    const drawn = draw.noteNode(note, view, data.names);
    drawn.classList.toggle("picked", note.id === picked);
    drawn.querySelector(".grip").addEventListener("pointerdown", (event) => grab(event, note, pulled));
    drawn.addEventListener("pointerdown", (event) => grab(event, note, moved));
    return drawn;
  };

  const beyond = (note) => {
    const grip = draw.gripBeyond(note, view);
    grip.addEventListener("pointerdown", (event) => grab(event, note, pulled));
    return grip;
  };

  const line = (kind, beat) => draw.s("line", { class: kind, x1: beat * view.scale, x2: beat * view.scale, y1: 0, y2: view.top + view.rows * view.row });
  const cursorLine = () => (cursor > 0 && !run ? line("cursor", cursor) : null);
  const playhead = () => (run ? line("playhead", beatNow()) : null);

  // Where the opening ends and the model went on.
  function seam() {
    const fresh = notes.filter((note) => note.kind === 1);
    if (!fresh.length || notes.some((note) => note.kind === 2) || fresh.length === notes.length) return null;
    return line("seam", Math.min(...fresh.map((note) => note.onset)));
  }

  function drawFoot() {
    const kinds = new Set(notes.map((note) => note.kind));
    const sample = (kind, label) => h("span", { "data-legend": kind }, swatch(kind), label);
    $("legend").replaceChildren(
      ...(kinds.has(0) || kinds.has(2) ? [sample("old", data.labels.opening)] : []), ...(kinds.has(1) ? [sample("new", data.labels.new)] : []));
    const note = notes.find((each) => each.id === picked);
    $("status").textContent = note ? spoken(note) : notes.length && !data.writing ? data.labels.hint : "";
  }

  function swatch(kind) {
    const rect = (name) => draw.s("rect", { class: name, width: 22, height: 10, y: 1, x: 1 });
    return draw.s("svg", { width: 24, height: 12, "aria-hidden": "true" }, draw.hatch(), draw.s("g", { class: `note ${kind}` }, rect("body"), kind === "old" ? rect("hatch") : null));
  }

  function spoken(note) {
    const starts = data.bars;
    const bar = Math.max(0, starts.findLastIndex((start) => start <= note.onset + 1e-6));
    const beat = Math.round((note.onset - starts[bar] + 1) * 100) / 100;
    const length = Math.round(note.duration * 100) / 100;
    const lasts = length === 1 ? data.labels.lastsOne : data.labels.lasts.replace("{length}", length);
    return `${draw.nameOf(note.pitch, data.names)} · ${data.labels.bar} ${bar + 1 - draw.pickups(starts)}, ${data.labels.beat} ${beat} · ${lasts}`;
  }

  function drawTakes() {
    const colours = { fresh: css("--new"), old: css("--quiet") };
    $("takes").setAttribute("aria-label", data.labels.takes);
    $("takes").replaceChildren(...(data.takes.length ? [] : roomForTakes()), ...data.takes.map((take, index) => h("button", {
      class: "take", type: "button", "data-id": `take-${index}`, "aria-pressed": String(index === data.take), onclick: () => { sound.stop(); emit({ type: "take", take: index }); },
    }, `${data.labels.take} ${index + 1}`, h("canvas"), take.share < 1 && h("span", { class: "share", style: { width: `${take.share * 100}%` } }))));
    $("takes").querySelectorAll("canvas").forEach((canvas, index) => { if (data.takes[index].notes.length) draw.picture(canvas, data.takes[index], colours); });
  }

  // Variations that are wished for have their place before they are written, so that nothing below is pushed down.
  const roomForTakes = () => Array.from({ length: data.wished > 1 ? data.wished : 0 }, () => h("span", { class: "take room", "aria-hidden": "true" }));

  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim() || "#888";

  // --- a note under the hand

  // `change` says what becomes of the note when the hand has gone so far.
  function grab(event, note, change) {
    event.stopPropagation();
    if (event.button) return;
    pick(note.id, true);
    if (data.writing) return;
    const start = { x: event.clientX, y: event.clientY };
    const mine = scroll.querySelector(`[data-note="${note.id}"]`);
    let to = note;
    let moving = false;
    hand = mine;
    mine.setPointerCapture(event.pointerId);
    mine.onpointermove = (move) => {
      const dx = move.clientX - start.x;
      const dy = move.clientY - start.y;
      moving = moving || Math.hypot(dx, dy) > MOVED;
      if (!moving) return;
      const next = change(note, dx, dy);
      if (next.pitch !== to.pitch) sound.preview([next.pitch]);
      to = next;
      mine.classList.add(change === pulled ? "pulled" : "dragged");
      draw.place(mine, to, view);
      $("status").textContent = spoken(to);
    };
    mine.onpointerup = mine.onpointercancel = () => {
      mine.onpointermove = mine.onpointerup = mine.onpointercancel = null;
      mine.classList.remove("dragged", "pulled");
      hand = null;
      put(note, to);
      const said = later;
      later = null;
      if (said) update(said);
    };
  }

  const moved = (note, dx, dy) => placed(note, note.pitch - Math.round(dy / view.row), Math.abs(dx) > MOVED ? note.onset + dx / view.scale : note.onset);
  const pulled = (note, dx) => (Math.abs(dx) > MOVED ? stretched(note, note.duration + dx / view.scale) : note);

  // Where a note may stand: on the grid, inside the piece, on the scale where that is locked.
  function placed(note, pitch, onset) {
    const snapped = onset === note.onset ? onset : Math.round(onset / data.step) * data.step;
    return { ...note, pitch: fitting(Math.max(0, Math.min(127, pitch)), pitch >= note.pitch ? 1 : -1), onset: Math.max(0, Math.min(snapped, data.beats - note.duration)) };
  }

  // How long a note may be: to a line of the grid, a step at least, and as far as it can be held.
  function stretched(note, length) {
    const end = Math.round((note.onset + length) / data.step) * data.step;
    const room = reachOf(note) - note.onset;
    return room < data.step - 1e-3 ? note : { ...note, duration: Math.min(Math.max(end - note.onset, data.step), room) };
  }

  // The beat to which a note can be held: where the next of its pitch and staff begins, among the notes as they lie now.
  function reachOf(note) {
    const next = (each) => each.staff === note.staff && each.pitch === note.pitch && each.onset - note.onset > AT_ONCE;
    return Math.min(data.beats, ...notes.filter(next).map((each) => each.onset));
  }

  function fitting(pitch, towards) {
    if (!data.scale) return pitch;
    const steps = [0, towards, -towards, 2 * towards, -2 * towards];
    return pitch + (steps.find((step) => data.scale.includes((pitch + step + 12) % 12)) ?? 0);
  }

  function put(note, to) {
    const stands = to.pitch === note.pitch && to.onset === note.onset;
    if (stands && to.duration === note.duration) return;
    notes = notes.map((each) => (each.id === note.id ? to : each));
    drawField();
    drawFoot();
    emit(stands ? { type: "resize", note: note.id, length: to.duration } : { type: "move", note: note.id, pitch: to.pitch, onset: to.onset, length: to.duration });
  }

  function pick(id, aloud) {
    picked = id;
    scroll.querySelectorAll(".note").forEach((each) => each.classList.toggle("picked", each.dataset.note === String(id)));
    const note = notes.find((each) => each.id === id);
    if (note && aloud) sound.preview([note.pitch]);
    drawFoot();
    drawTools();
  }

  function remove() {
    if (picked === null || data.writing) return;
    const id = picked;
    step(1);
    if (picked === id) picked = null;
    notes = notes.filter((note) => note.id !== id);
    drawAll();
    emit({ type: "remove", note: id });
  }

  const inOrder = () => [...notes].sort((a, b) => a.onset - b.onset || a.pitch - b.pitch);

  function step(by, aloud = false) {
    const order = inOrder();
    if (!order.length) return;
    const at = order.findIndex((note) => note.id === picked);
    const next = order[at < 0 ? (by > 0 ? 0 : order.length - 1) : Math.max(0, Math.min(order.length - 1, at + by))];
    pick(next.id, aloud);
    show(next.onset);
  }

  function nudge(pitch, beats) {
    const note = notes.find((each) => each.id === picked);
    if (!note || data.writing) return;
    const to = placed(note, note.pitch + pitch, beats ? note.onset + beats * data.step : note.onset);
    if (to.pitch !== note.pitch) sound.preview([to.pitch]);
    put(note, to);
  }

  function lengthen(steps) {
    const note = notes.find((each) => each.id === picked);
    if (note && !data.writing) put(note, stretched(note, note.duration + steps * data.step));
  }

  // A press on the ground says where to play from.
  function pressGround(event) {
    if (event.target.closest(".note") || event.button || !view) return;
    const beat = (event.clientX - scroll.getBoundingClientRect().left + scroll.scrollLeft) / view.scale;
    cursor = Math.max(0, Math.min(data.beats, Math.round(beat / data.step) * data.step));
    if (cursor < 1) cursor = 0;
    if (run) { sound.stop(); togglePlay(); } else if (picked !== null) { picked = null; drawAll(); } else drawField();
  }

  // The keys at the left edge sound.
  function pressGutter(event) {
    const pitch = view.high - Math.floor((event.clientY - $("gutter").getBoundingClientRect().top - view.top) / view.row);
    if (pitch >= view.low && pitch <= view.high) sound.preview([pitch]);
  }

  // --- looking closer

  function zoom(by, at = scroll.clientWidth / 2) {
    const beat = (scroll.scrollLeft + at) / view.scale;
    scale = Math.max(SCALE.least, Math.min(SCALE.most, view.scale * by));
    drawField();
    scroll.scrollLeft = beat * view.scale - at;
  }

  function wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), event.clientX - scroll.getBoundingClientRect().left);
  }

  let apart = 0;
  const distance = ({ touches: [a, b] }) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  function pinchStart(event) { if (event.touches.length === 2) { event.preventDefault(); apart = distance(event); } }
  function pinch(event) {
    if (event.touches.length !== 2 || !apart) return;
    event.preventDefault();
    const now = distance(event);
    const middle = (event.touches[0].clientX + event.touches[1].clientX) / 2 - scroll.getBoundingClientRect().left;
    if (Math.abs(now - apart) > 8) { zoom(now / apart, middle); apart = now; }
  }

  // Only the roll itself is moved, never the page.
  function show(beat) {
    const x = beat * view.scale;
    if (x < scroll.scrollLeft || x > scroll.scrollLeft + scroll.clientWidth - 24) scroll.scrollLeft = Math.max(0, x - 48);
  }

  // --- playing

  const beatNow = () => run.from + Math.max(0, (performance.now() - run.started) / 1000 - 0.06) * (data.tempo / 60);

  function togglePlay() {
    if (run) sound.stop();
    else play(cursor >= data.beats ? 0 : cursor);
  }

  // Notes that changed while they sound are taken up where the old ones were.
  function goOn() {
    const beat = beatNow();
    sound.stop();
    if (beat < data.beats && notes.length) play(beat);
  }

  function play(from) {
    const order = inOrder();
    heard = stamp();
    const mine = { started: performance.now(), from };
    sound.playNotes(order, {
      tempo: data.tempo, from, end: data.beats, onNote: (index) => light(order[index]),
      onEnd: () => { if (run === mine) { run = null; drawTools(); drawField(); } },
    });
    run = mine;
    drawTools();
    drawField();
    requestAnimationFrame(follow);
  }

  function follow() {
    if (!run || !root.isConnected) return;
    const beat = Math.min(beatNow(), data.beats);
    const head = scroll.querySelector(".playhead");
    head?.setAttribute("x1", beat * view.scale);
    head?.setAttribute("x2", beat * view.scale);
    if (head) show(beat);
    requestAnimationFrame(follow);
  }

  function light(note) {
    const shown = scroll.querySelector(`[data-note="${note.id}"]`);
    shown?.classList.add("sounds");
    setTimeout(() => scroll.querySelector(`[data-note="${note.id}"]`)?.classList.remove("sounds"), note.duration * 60000 / data.tempo);
  }

  // --- the page's own keys

  function keyDown(pitch, held) {
    if (run) sound.stop();
    sound.preview(held);
    played.begin(pitch, data.tempo, data.bars[1] - data.bars[0] || 4);
    showPlayed();
  }

  function keyUp(pitch, seconds, left) {
    played.end(pitch, seconds, data.tempo, left);
    showPlayed();
  }

  // Seen while it is played, before Python has laid it on a grid.
  function showPlayed() {
    notes = played.notes().map(([pitch, onset, duration], index) => ({ id: -1 - index, pitch, onset, duration, kind: 0 }));
    drawField();
    if (notes.length) show(notes.at(-1).onset);
  }

  function again() {
    played.follow([]);
    emit({ type: "played", notes: [] });
  }

  function key(event) {
    const control = event.ctrlKey || event.metaKey;
    const inside = root.getRootNode().activeElement === scroll;
    const actions = {
      " ": togglePlay, Delete: remove, Backspace: remove, "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5),
      ...(inside && { ArrowLeft: () => (event.shiftKey ? nudge(0, -1) : step(-1, true)), ArrowRight: () => (event.shiftKey ? nudge(0, 1) : step(1, true)),
        ",": () => lengthen(-1), ".": () => lengthen(1), ArrowUp: () => nudge(event.shiftKey ? 12 : 1, 0), ArrowDown: () => nudge(event.shiftKey ? -12 : -1, 0), Escape: () => pick(null), Home: () => { cursor = 0; drawField(); show(0); } }),
    };
    const steps = { z: event.shiftKey ? "redo" : "undo", y: "redo" };
    if (control) {
      const type = steps[event.key.toLowerCase()];
      // What is on its way can be undone before Python has answered it.
      if (type && (type === "undo" ? data.canUndo || reported.waiting() : data.canRedo)) { event.preventDefault(); emit({ type }); }
    } else if (actions[event.key] && !(event.key === " " && !notes.length)) {
      event.preventDefault();
      actions[event.key]();
    } else if (data.keyboard && (event.repeat || keys.letter(event))) event.preventDefault();
  }

  return roll;
}

function concerns(event) {
  const target = event.composedPath()[0];
  if (!live?.root.isConnected || event.altKey) return false;
  if (target.closest?.("input,textarea,select,[contenteditable=true],[role=listbox],[role=dialog]")) return false;
  return !((event.key === " " || event.key === "Enter" || event.key.startsWith("Arrow")) && target.closest?.("button,a,[role=button],[role=radio]"));
}

document.addEventListener("keydown", (event) => { if (concerns(event)) live.key(event); });
document.addEventListener("keyup", (event) => { if (live?.root.isConnected) live.keyUp(event); });

window.cadencia = { measure: sound.measure, ready: sound.ready };
