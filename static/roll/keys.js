// The page's piano: mouse and touch, the letters of a computer keyboard, and a MIDI keyboard where the browser has it.
// It hands on pitch and all that is held when a key goes down; pitch, seconds and how many are left when it comes up.

const { isBlack, nameOf } = await import(`./draw.js${new URL(import.meta.url).search}`);

const LETTERS = "awsedftgyhujkolp"; // semitones above the C of the octave at hand
const OCTAVES = { wide: 3, narrow: 1 };
const WIDE = 640; // pixels from which three octaves have room

const SETTLED = 700; // milliseconds after the last key until what was played is handed on

// What is played, in beats: time runs from key to key, and a long thought counts as a bar at most.
export function recording(hand) {
  let rows = []; // [pitch, onset, length]
  let last = null; // {beat, at} of the key before
  let timer = 0; // not 0 while something is played that was not handed on
  return { begin, end, agree, follow, notes: () => rows };

  function begin(pitch, tempo, bar) {
    const now = performance.now();
    const beat = last ? last.beat + Math.min(bar, (now - last.at) / 60000 * tempo) : rows.reduce((end, [, onset, length]) => Math.max(end, onset + length), 0);
    last = { beat, at: now };
    rows.push([pitch, beat, 0.25]);
    clearTimeout(timer);
    timer = -1;
  }

  function end(pitch, seconds, tempo, left) {
    const mine = rows.findLast((row) => row[0] === pitch);
    if (mine) mine[2] = Math.max(0.125, Math.min(8, seconds / 60 * tempo));
    if (left) return;
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; hand(rows); }, SETTLED);
  }

  // After undo and the like the page shows other notes than were played here: those count.
  function agree(notes) {
    if (!timer && rows.length !== notes.length) follow(notes.map((note) => [note.pitch, note.onset, note.duration]));
  }

  function follow(others) {
    clearTimeout(timer);
    timer = 0;
    last = null;
    rows = others;
  }
}

export function piano(box, h, { down, up, again }) {
  const held = new Map(); // pitch -> moment in milliseconds
  const pointers = new Map(); // pointer -> pitch
  const under = (event) => Number(box.getRootNode().elementFromPoint(event.clientX, event.clientY)?.closest?.("[data-key]")?.dataset.key || 0);
  let base = 60;
  let labels = {};
  let names = [];
  let drawn = "";
  let midi = null;
  let message = "";
  return { draw, letter, release, isOpen: () => box.isConnected && drawn !== "" };

  function draw(open, data) {
    if (!open) { drawn = ""; box.replaceChildren(); return; }
    ({ labels, names } = data);
    const octaves = box.parentElement.clientWidth > WIDE ? OCTAVES.wide : OCTAVES.narrow + 1;
    const signature = JSON.stringify([base, octaves, labels, names, message]);
    if (signature === drawn) return;
    drawn = signature;
    const first = octaves === OCTAVES.wide ? base - 12 : base;
    box.replaceChildren(
      h("div", { class: "keys", role: "group", "aria-label": labels.keyboard, onpointerdown: press, onpointermove: slide, onpointerup: lift, onpointercancel: lift }, keys(first, octaves)),
      h("div", { class: "keyrow" },
        h("button", { class: "tool", type: "button", "data-id": "again", onclick: again }, labels.again),
        h("button", { class: "tool", type: "button", "data-id": "lower", title: labels.lower, "aria-label": labels.lower, onclick: () => move(-12) }, "−8"),
        h("button", { class: "tool", type: "button", "data-id": "higher", title: labels.higher, "aria-label": labels.higher, onclick: () => move(12) }, "+8"),
        navigator.requestMIDIAccess && h("button", { class: "tool", type: "button", "data-id": "midi", onclick: connect }, labels.midi),
        h("span", { role: "status" }, message || ""), h("span", { class: "letters" }, message ? "" : labels.letters)));
  }

  function keys(first, octaves) {
    const pitches = Array.from({ length: octaves * 12 + 1 }, (_, i) => first + i);
    const whites = pitches.filter((pitch) => !isBlack(pitch)).length;
    let white = 0;
    return pitches.map((pitch) => {
      const black = isBlack(pitch);
      const left = black ? (white - 0.3) / whites : white / whites;
      if (!black) white += 1;
      const letter = LETTERS[pitch - base] || "";
      return h("button", {
        class: `pianokey ${black ? "black" : "white"}`, type: "button", "data-key": pitch, "aria-label": nameOf(pitch, names),
        style: { left: `${left * 100}%`, width: `${(black ? 0.6 : 1) / whites * 100}%` },
        onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); if (!event.repeat) begin(pitch); } },
        onkeyup: (event) => { if (event.key === "Enter" || event.key === " ") end(pitch); },
      }, h("span", {}, pitch % 12 === 0 && nameOf(pitch, names), h("span", { class: "letters" }, ` ${letter.toUpperCase()}`)));
    });
  }

  function move(by) {
    base = Math.max(24, Math.min(96, base + by));
    draw(true, { labels, names });
  }

  function press(event) {
    const pitch = under(event);
    if (!pitch) return;
    event.preventDefault();
    pointers.set(event.pointerId, pitch);
    begin(pitch);
  }

  // A finger that slides plays one key after the other, as on the real thing.
  function slide(event) {
    const before = pointers.get(event.pointerId);
    const pitch = before && under(event);
    if (!before || pitch === before) return;
    end(before);
    if (pitch) { pointers.set(event.pointerId, pitch); begin(pitch); } else pointers.delete(event.pointerId);
  }

  function lift(event) {
    const pitch = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (pitch) end(pitch);
  }

  function begin(pitch) {
    if (held.has(pitch)) return;
    held.set(pitch, performance.now());
    box.querySelector(`[data-key="${pitch}"]`)?.classList.add("down");
    down(pitch, [...held.keys()]);
  }

  function end(pitch) {
    const since = held.get(pitch);
    if (since === undefined) return;
    held.delete(pitch);
    box.querySelector(`[data-key="${pitch}"]`)?.classList.remove("down");
    up(pitch, (performance.now() - since) / 1000, held.size);
  }

  // Letters; true when the key was one of ours.
  function letter(event) {
    const key = event.key.toLowerCase();
    const step = key.length === 1 ? LETTERS.indexOf(key) : -1;
    if (key === "z" || key === "x") move(key === "z" ? -12 : 12);
    else if (step >= 0) begin(base + step);
    return step >= 0 || key === "z" || key === "x";
  }

  function release(event) {
    const step = event.key.length === 1 ? LETTERS.indexOf(event.key.toLowerCase()) : -1;
    if (step >= 0) for (const octave of [0, -12, 12]) end(base + step + octave);
  }

  async function connect() {
    try {
      midi = midi || await navigator.requestMIDIAccess();
      const inputs = [...midi.inputs.values()];
      inputs.forEach((input) => { input.onmidimessage = heard; });
      message = inputs.map((input) => input.name).join(", ") || labels.noMidi;
    } catch { message = labels.noMidi; }
    draw(true, { labels, names });
  }

  function heard({ data: [status, pitch, velocity] }) {
    const kind = status & 0xf0;
    if (kind === 0x90 && velocity > 0) begin(pitch);
    else if (kind === 0x80 || kind === 0x90) end(pitch);
  }
}
