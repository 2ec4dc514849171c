// The tune that is looked at: its score lit while it plays, its text to be edited, both leading to each other.

const version = new URL(import.meta.url).search;
const [sound, { h, icon, tool }, { field, faultList }, score] = await Promise.all([
  import(`../studio/sound.js${version}`), import(`../studio/view.js${version}`), import(`./field.js${version}`), import(`./score.js${version}`),
]);
const CHORD_GAIN = 0.32; // beside the melody

export function mount(root, presses) {
  const title = h("h2", { class: "name" });
  const about = h("span", { class: "about" });
  const tools = h("div", { class: "tools" });
  const staff = h("div", { class: "score", role: "group", onclick: touched, onkeydown: keyed });
  const notice = h("p", { class: "notice" });
  const told = h("ul", { class: "faults", "aria-live": "polite" });
  const label = h("span", { class: "label" });
  const under = h("div", { class: "tools under" });
  const tempo = h("input", { type: "range", min: "30", max: "300", step: "1", oninput: hurry, onchange: keepTempo });
  const speed = h("label", { class: "tempo" }, h("span", { class: "reading" }), tempo);
  const text = field({
    label: "", onEdit: (value, step) => presses.emit({ type: "edit", number: data.number, text: value, step }, true), onKey: typed,
  });
  let data = null;
  let tune = null; // as abcjs drew it
  let drawing = "";
  let lit = [];
  let from = null; // the note that was pressed: playing begins there
  let loop = false;
  root.classList.add("tune");
  root.append(h("div", { class: "title" }, title, about), tools,
    h("div", { class: "sheets" }, h("div", { class: "paper" }, staff, notice), h("div", { class: "source" }, h("div", { class: "head" }, label), text.node, told, under)));
  new ResizeObserver(() => { if (data) drawScore(); }).observe(staff);
  return { root, presses, update, key };

  function update(next) {
    const other = !data || data.number !== next.number;
    if (data && (other || data.score.text !== next.score.text)) { sound.stop(); from = null; text.mark("found", null); }
    if (other && text.holds()) text.flush();
    data = next;
    root.classList.toggle("none", data.number === null);
    if (data.number === null) { notice.textContent = data.labels.none; staff.replaceChildren(); drawing = ""; tools.replaceChildren(); return; }
    sound.load(data.instrument);
    if (data.chords) sound.load(data.strummedOn);
    title.textContent = data.title;
    about.textContent = data.about;
    label.textContent = data.labels.abc;
    text.area.setAttribute("aria-label", data.labels.abc);
    text.set(data.text, data.faults, !other && (presses.waiting() || text.holds()));
    if (from !== null) text.mark("found", place(from));
    told.replaceChildren(...faultList(data.faults, (fault) => text.find(fault.start, fault.end, true)));
    notice.textContent = data.notes.length ? "" : data.labels.silent;
    if (document.activeElement !== tempo && tempo.getRootNode().activeElement !== tempo) tempo.value = data.tempo / data.beat;
    hurry();
    drawTools();
    drawScore();
  }

  async function drawScore() {
    const width = staff.clientWidth;
    const signature = JSON.stringify([data.score.text, width]);
    if (!width || !data.score.text || signature === drawing) return;
    drawing = signature;
    staff.setAttribute("aria-label", data.title);
    tune = await score.drawScore(staff, data.score.text, width);
    lit = [];
    mark();
  }

  function drawTools() {
    const { labels } = data;
    const playing = sound.isPlaying();
    const focused = root.getRootNode().activeElement?.dataset?.id;
    tools.replaceChildren(
      h("span", { class: "group" },
        tool(playing ? labels.stop : labels.play, toggle, { id: "play", draws: playing ? "stop" : "play", primary: true, disabled: !data.notes.length }),
        tool(labels.loop, () => { loop = !loop; drawTools(); }, { id: "loop", pressed: loop }), speed),
      h("span", { class: "group" },
        word(labels.chords, () => presses.emit({ type: "chords", on: !data.chords }), "chords", data.chords, labels.chordsHint),
        tool(labels.undo, () => undo("undo"), { id: "undo", disabled: !data.canUndo }),
        tool(labels.redo, () => undo("redo"), { id: "redo", disabled: !data.canRedo }),
        word("SVG", saveDrawing, "svg"), word(labels.print, print, "print")));
    under.replaceChildren(word(labels.on, goOn, "continue", null, labels.onHint));
    if (focused) root.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  function word(caption, action, id, pressedNow = null, hint = caption) {
    return h("button", { class: "tool", type: "button", "data-id": id, title: hint, onclick: action,
      "aria-pressed": pressedNow === null ? null : String(pressedNow) }, caption);
  }

  // What is typed goes first, so that undo takes back the right thing.
  function undo(type) { text.flush(); presses.emit({ type }); }

  function goOn() {
    text.flush();
    presses.emit({ type: "continue", number: data.number, at: text.cursor() });
  }

  function hurry() {
    tempo.setAttribute("aria-label", data.labels.tempo);
    speed.firstChild.textContent = `${data.beat === 1.5 ? "♩." : "♩"} = ${tempo.value}`;
  }

  function keepTempo() { presses.emit({ type: "tempo", number: data.number, value: Number(tempo.value) * data.beat }, true); }

  // --- from the score to the text and back

  function touched(event) { aim(event.clientX, event.clientY); }

  // Notes can be reached with the tab key; what has the focus is meant.
  function keyed(event) {
    if (event.key !== "Enter" && event.key !== " ") return;
    const box = event.target.getBoundingClientRect();
    event.preventDefault();
    aim(box.left + box.width / 2, box.top + box.height / 2);
  }

  function aim(x, y) {
    const at = score.nearest(data.heads.map(drawingOf), x, y);
    if (at >= 0) look(data.heads[at]);
  }

  function look(token) {
    from = token;
    const fine = window.matchMedia("(pointer: fine)").matches && !root.getRootNode().activeElement?.closest(".score g");
    const [start, end] = place(token);
    text.find(start, end, fine);
    mark();
    const note = data.notes.find(([, , , at]) => at === token);
    if (note && !sound.isPlaying()) sound.preview([note[0]], data.instrument);
  }

  function place(token) { return data.places[token] || [0, 0]; }

  function drawingOf(token) {
    const [start] = data.score.spans[token] || [0];
    return score.noteAt(tune, start);
  }

  function mark() {
    staff.querySelectorAll(".found").forEach((node) => node.classList.remove("found"));
    if (from !== null) drawingOf(from).forEach((node) => node.classList.add("found"));
    staff.querySelectorAll(".faulty").forEach((node) => node.classList.remove("faulty"));
    data.bad.forEach((token) => drawingOf(token).forEach((node) => node.classList.add("faulty")));
  }

  // --- playing

  function toggle() {
    if (sound.isPlaying()) { sound.stop(); return; }
    const melody = data.notes.map(([pitch, onset, duration, token]) => ({ pitch, onset, duration, token, program: data.instrument }));
    const chords = data.chords ? data.under.map(([pitch, onset, duration]) => ({ pitch, onset, duration, gain: CHORD_GAIN, program: data.strummedOn })) : [];
    const begin = melody.find((note) => note.token === from);
    sound.playNotes([...melody, ...chords], {
      tempo: () => Number(tempo.value) * data.beat, loop: () => loop, from: begin ? begin.onset : 0, end: data.beats,
      onNote: (index) => { if (index < melody.length) light(melody[index].token); },
      onEnd: () => { light(null); drawTools(); },
    });
    drawTools();
  }

  function light(token) {
    lit.forEach((node) => node.classList.remove("sounds"));
    lit = token === null ? [] : drawingOf(token);
    lit.forEach((node) => node.classList.add("sounds"));
    text.mark("sounds", token === null ? null : place(token));
  }

  // --- taking the drawing away

  async function saveDrawing() {
    const svg = await score.onPaper(data.score.text, data.title);
    if (!svg) return;
    const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
    h("a", { href: address, download: `${data.file}.svg` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  // The printer, or a PDF through it: a sheet of its own with nothing but the score.
  async function print() {
    const svg = await score.onPaper(data.score.text, data.title);
    if (!svg) return;
    document.querySelector("iframe.cadencia-print")?.remove();
    const frame = h("iframe", { class: "cadencia-print", "aria-hidden": "true", title: data.title, style: { position: "fixed", left: "-10000px", width: "800px", height: "1000px" } });
    document.body.append(frame);
    const sheet = frame.contentDocument;
    sheet.title = data.title;
    const heading = sheet.createElement("h1");
    heading.textContent = data.title;
    heading.style.cssText = "font:600 18pt sans-serif;text-align:center;margin:0 0 12pt";
    sheet.body.append(heading, sheet.adoptNode(svg));
    frame.contentWindow.print();
  }

  function typed(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); goOn(); }
  }

  function key(event, onButton) {
    if (data.number === null) return;
    if (event.ctrlKey || event.metaKey) {
      const again = event.key.toLowerCase() === "y" || (event.key.toLowerCase() === "z" && event.shiftKey);
      if (again || event.key.toLowerCase() === "z") { event.preventDefault(); undo(again ? "redo" : "undo"); }
    } else if (event.key === " " && !onButton) { event.preventDefault(); toggle(); }
    else if (event.key === "Escape" && sound.isPlaying()) sound.stop();
  }
}
