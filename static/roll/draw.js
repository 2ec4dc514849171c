// How the roll looks: lanes, bar lines, notes, the gutter with its keys, the small pictures of variations.
// Times are beats, x grows with `scale` pixels a beat; pitches are MIDI numbers, a lane of `row` pixels each.

export const HEAD = 20; // pixels above the lanes: bar numbers
export const CHORDS = 20; // pixels more where chords are followed
const NARROWEST_NAME = 24; // pixels of a note that its name fits in
const MOST_BEAT_LINES = 2000;
// Pixels of the grip at a note's right edge, inside the note and beyond it, and how much of a lane it is higher than
// the note on both sides. A third of the note at most, so that what is left can be moved.
const GRIP = { fine: { inside: 8, beyond: 5, above: 0 }, coarse: { inside: 16, beyond: 20, above: 0.5 } };
const NARROWEST_EDGE = 12; // pixels of a note that shows where it is gripped
const BLACK = new Set([1, 3, 6, 8, 10]);
const SVG = "http://www.w3.org/2000/svg";

export function s(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
  node.append(...children.flat().filter(Boolean));
  return node;
}

// Which pitches are shown and how high a lane is: at least two octaves, a little room above and below.
export function measured(notes, height) {
  const pitches = notes.map((note) => note.pitch);
  let low = Math.min(...pitches, 64) - 2;
  let high = Math.max(...pitches, 74) + 2;
  while (high - low < 24) { low -= 1; high += high - low < 24 ? 1 : 0; }
  low = Math.max(0, low);
  high = Math.min(127, high);
  const rows = high - low + 1;
  return { low, high, rows, row: Math.max(8, Math.min(15, height / rows)) };
}

export const isBlack = (pitch) => BLACK.has(pitch % 12);
export const nameOf = (pitch, names) => {
  const name = names[pitch % 12];
  const natural = pitch - (name.match(/♯/g) || []).length + (name.match(/♭/g) || []).length;
  return `${name}${Math.floor(natural / 12) - 1}`;
};

export function ground(view, data) {
  const width = Math.max(1, data.beats || data.bars.at(-1)) * view.scale;
  const bottom = view.top + view.rows * view.row;
  const lanes = [];
  for (let pitch = view.low; pitch <= view.high; pitch += 1) {
    const y = yOf(pitch, view);
    if (isBlack(pitch)) lanes.push(s("rect", { class: "lane black", x: 0, y, width, height: view.row }));
    if (pitch % 12 === 0) lanes.push(s("line", { class: "octave", x1: 0, x2: width, y1: y + view.row, y2: y + view.row }));
  }
  const line = (x) => `M${(x * view.scale).toFixed(1)} ${view.top}V${bottom}`;
  const whole = Math.min(Math.ceil(data.beats || data.bars.at(-1)), MOST_BEAT_LINES);
  const beats = view.scale >= 14 ? data.bars.slice(0, -1).flatMap((bar, i) => [...beatsOf(bar, data.bars[i + 1])]).slice(0, whole).map(line).join("") : "";
  return [
    ...lanes,
    s("path", { class: "beats", d: beats }),
    s("path", { class: "barlines", d: data.bars.map(line).join("") }),
    ...numbers(view, data),
    ...data.chords.map(([onset, name]) => text("chordname", onset * view.scale + 4, HEAD + 14, name)),
  ];
}

function* beatsOf(from, to) { for (let beat = from + 1; beat < to - 1e-6; beat += 1) yield beat; }

// How many bars stand before the first full one: 1 where the piece begins with a pickup.
export const pickups = (bars) => (bars.length > 2 && bars[1] - bars[0] < bars[2] - bars[1] - 1e-6 ? 1 : 0);

// Bars are counted from the first full one; a pickup has no number. Where numbers would touch, some are left out.
function numbers(view, data) {
  const starts = data.bars.slice(0, -1);
  const pickup = pickups(data.bars);
  const wide = starts.length > 1 ? (data.bars.at(-1) / starts.length) * view.scale : 99;
  const every = [1, 2, 4, 8, 16, 32].find((n) => n * wide >= 22) || 64;
  return starts.map((start, index) => {
    const number = index + 1 - pickup;
    return number > 0 && (number - 1) % every === 0 ? text("barnumber", start * view.scale + 4, 14, String(number)) : null;
  });
}

const text = (kind, x, y, words) => { const node = s("text", { class: kind, x, y }); node.textContent = words; return node; };
export const yOf = (pitch, view) => view.top + (view.high - pitch) * view.row;

export function noteNode(note, view, names) {
  const name = nameOf(note.pitch, names);
  const title = s("title");
  title.textContent = name;
  const box = { height: view.row - 1, y: 0.5 };
  const node = s("g", {
    class: `note ${note.kind === 1 ? "new" : "old"}`, "data-note": note.id, "data-pitch": note.pitch, "data-onset": note.onset, "data-length": note.duration,
  }, title, s("rect", { class: "body", ...box }), note.kind === 1 ? null : s("rect", { class: "hatch", ...box }),
  view.row >= 10 ? text("label", 4, view.row - 3, name) : null,
  s("rect", { class: "edge", y: 2, height: view.row - 4, width: 2 }), s("rect", { class: "grip", ...box }));
  place(node, note, view);
  return node;
}

const widthOf = (note, view) => Math.max(3, note.duration * view.scale - 1);
const gripOf = () => (matchMedia("(pointer: coarse)").matches ? GRIP.coarse : GRIP.fine);

// Where a drawn note stands and how wide it is; also while it is under the hand.
export function place(node, note, view) {
  const width = widthOf(note, view);
  const inside = Math.min(gripOf().inside, width / 3);
  node.setAttribute("transform", `translate(${(note.onset * view.scale + 0.5).toFixed(2)} ${yOf(note.pitch, view)})`);
  for (const box of node.querySelectorAll(".body, .hatch")) box.setAttribute("width", width);
  const [label, edge, grip] = ["label", "edge", "grip"].map((part) => node.querySelector(`.${part}`));
  label?.classList.toggle("narrow", width < NARROWEST_NAME);
  edge.classList.toggle("narrow", width < NARROWEST_EDGE);
  edge.setAttribute("x", width - 5);
  grip.setAttribute("x", width - inside);
  grip.setAttribute("width", inside);
}

// What of a grip lies beyond its note. These are drawn below all notes, so that none of them is covered.
export function gripBeyond(note, view) {
  const { beyond, above } = gripOf();
  const room = above * view.row;
  return s("rect", { class: "grip", "data-grip": note.id, x: note.onset * view.scale + widthOf(note, view), width: beyond, y: yOf(note.pitch, view) - room, height: view.row + 2 * room });
}

export function hatch() {
  return s("defs", {}, s("pattern", { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("line", { class: "hatchline", x1: 0, y1: 0, x2: 0, y2: 5 })));
}

// The keys at the left edge: black ones drawn, every C named, the other white ones where there is room.
export function gutter(view, names, height) {
  const width = 44;
  const nodes = [];
  for (let pitch = view.low; pitch <= view.high; pitch += 1) {
    const y = yOf(pitch, view);
    if (isBlack(pitch)) nodes.push(s("rect", { class: "blackkey", x: 0, y: y + 1, width: 18, height: view.row - 2, rx: 1 }));
    else {
      nodes.push(s("line", { class: "keyline", x1: 0, x2: width, y1: y + view.row, y2: y + view.row }));
      if (pitch % 12 === 0 || view.row >= 12) {
        const node = text(pitch % 12 === 0 ? "key-c" : "key-name", width - 4, y + view.row / 2 + 4, nameOf(pitch, names));
        node.setAttribute("text-anchor", "end");
        nodes.push(node);
      }
    }
  }
  return s("svg", { width, height }, nodes);
}

// A variation as a small picture.
export function picture(canvas, take, colours) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth || 160;
  canvas.width = width * ratio;
  canvas.height = 40 * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const pitches = take.notes.map((note) => note[1]);
  const low = Math.min(...pitches) - 1;
  const lane = 40 / Math.max(12, Math.max(...pitches) - low + 2);
  for (const [, pitch, onset, duration, kind] of take.notes) {
    pen.fillStyle = kind === 1 ? colours.fresh : colours.old;
    pen.fillRect((onset / take.beats) * width, 40 - (pitch - low + 1) * lane, Math.max(1, (duration / take.beats) * width - 0.5), Math.max(2, lane - 0.5));
  }
}
