// What the studio draws: cards, tools, pads, further chips. Text only ever enters as text, never as markup.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

// C♯m7♭5/E set as a musician writes it: the minor's m on the line, the rest raised and smaller, slash bass lower.
export function chordName(name) {
  return h("span", { class: "name" }, accidentals(name.root),
    name.minor && h("small", {}, name.minor),
    name.quality && h("sup", {}, name.quality),
    name.bass && h("sub", {}, "/", accidentals(name.bass)));
}

const accidentals = (note) => note.split(/([♭♯]+)/).map((part) => (/[♭♯]/.test(part) ? h("i", {}, part) : part));

const percent = (p) => (p >= 0.0995 ? Math.round(p * 100) : p >= 0.01 ? (p * 100).toFixed(0) : "<1") + " %";

function badge(item) {
  return h("span", { class: "badge", title: item.functionName }, item.letter);
}

const HELD = 400; // milliseconds after which a finger asks and does not press
let asked = false; // the finger that is down, or was last: what it asked may have drawn another button under it

// A mouse sounds on the way down; touch and keys on the click, so that scrolling over pads stays silent. A finger that
// stays down asks, where there is something to `ask`.
function pressable(press, ask = null) {
  let early = false;
  let timer = null;
  return {
    onpointerdown: (event) => {
      asked = false;
      if (event.pointerType === "mouse" && event.button === 0) { early = true; press(event); }
      if (event.pointerType !== "touch" || !ask) return;
      timer = setTimeout(() => { asked = true; ask(); }, HELD);
    },
    onclick: (event) => { clearTimeout(timer); if (!early && !asked) press(event); early = asked = false; },
    onpointerleave: () => { clearTimeout(timer); early = false; },
    onpointercancel: () => { clearTimeout(timer); asked = false; },
    oncontextmenu: (event) => { if (asked) event.preventDefault(); },
  };
}

export function card(item, index, { selected, example }, labels, actions) {
  return h("button", {
    class: `card ${item.function}${selected ? " selected" : ""}${example ? " example" : ""}${item.startsBar ? " bar" : ""}${item.span < 2 ? " narrow" : ""}`,
    type: "button", "data-id": `card-${index}`, "data-chord": item.symbol, "aria-pressed": selected ? "true" : "false",
    "aria-label": `${labels.chord} ${index + 1}: ${item.spoken}`, title: item.note || item.spoken,
    style: { "--beats": item.span }, ...pressable((event) => actions.card(index, event), example ? null : () => actions.upTo(index)),
  },
  item.startsBar && h("span", { class: "barnumber", "aria-hidden": "true" }, String(item.bar)),
  (item.crossed || []).map(([bar, share]) => h("span", { class: "barline", "aria-hidden": "true", style: { left: `${100 * share}%` } }, String(bar))),
  chordName(item.name),
  h("span", { class: "under" }, badge(item), h("span", { class: "numeral" }, item.below), item.note && h("span", { class: "note" }, "≈"),
    item.locked && icon("lock")));
}

export function pad(item, index, labels, actions) {
  return h("button", {
    class: `pad ${item.function}`, type: "button", "data-id": `pad-${index}`, "data-chord": item.symbol,
    "data-numeral": item.numeral, title: item.reason,
    "aria-label": `${item.spoken}, ${percent(item.probability)}, ${item.reason}`, "aria-keyshortcuts": String(index + 1),
    onfocus: () => actions.why(item), onpointerenter: (event) => event.pointerType === "mouse" && actions.why(item),
    ...pressable(() => actions.pad(item, index), () => actions.why(item)),
  },
  h("span", { class: "top" }, chordName(item.name), h("span", { class: "percent" }, percent(item.probability))),
  h("span", { class: "under" }, badge(item), h("span", { class: "numeral" }, item.below), h("kbd", {}, String(index + 1))),
  h("span", { class: "reason" }, item.reason),
  h("span", { class: "foot", style: { width: `${Math.max(0.5, item.probability * 100)}%` } }));
}

export function chip(item, index, labels, actions) {
  return h("button", {
    class: `chip ${item.function}`, type: "button", "data-id": `chip-${index}`, "data-chord": item.symbol,
    "data-numeral": item.numeral, title: item.reason, "aria-label": `${item.spoken}, ${percent(item.probability)}, ${item.reason}`,
    onfocus: () => actions.why(item), onpointerenter: (event) => event.pointerType === "mouse" && actions.why(item),
    ...pressable(() => actions.pad(item, index), () => actions.why(item)),
  }, badge(item), chordName(item.name), h("span", { class: "percent" }, percent(item.probability)),
  index === 8 && h("kbd", {}, "9"));
}

// Strokes on a grid of 16; drawn here because letters that look like icons differ from system to system.
const ICONS = {
  play: "M5 3.5v9l7.5-4.5z", stop: "M4.5 4.5h7v7h-7z",
  loop: "M3 8a5 5 0 0 1 8.5-3.5L13 6M13 3v3h-3M13 8a5 5 0 0 1-8.5 3.5L3 10M3 13v-3h3",
  undo: "M6 3.5 3 6.5l3 3M3 6.5h6.5a3 3 0 0 1 0 6H7", redo: "M10 3.5l3 3-3 3M13 6.5H6.5a3 3 0 0 0 0 6H9",
  shorter: "M3.5 8h9", longer: "M3.5 8h9M8 3.5v9", insert: "M3 3v10M6 8h7M9.5 4.5v7", remove: "M4 4l8 8M12 4l-8 8", done: "M3 8.5l3.5 3.5L13 4.5",
  whole: "M8 3v10M5 5.5 8 2.5l3 3M5 10.5l3 3 3-3",
  double: "M2.5 4.5h4.5v7H2.5zM9 4.5h4.5v7H9z", copy: "M6 6h7v7H6zM10 6V3H3v7h3", paste: "M4 3.5h8V13H4zM6 2.5h4v2H6zM6.5 7.5h3M6.5 10h3",
  clear: "M5.5 4h8v8h-8L2 8zM7.5 6.5l3 3M10.5 6.5l-3 3", lock: "M4 7.5h8v5.5H4zM5.5 7.5V5.5a2.5 2.5 0 0 1 5 0v2",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", name === "play" || name === "stop" ? "icon solid" : "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

export function tool(label, action, { id, draws = id, title = label, pressed = null, primary = false, disabled = false } = {}) {
  return h("button", {
    class: `tool${primary ? " primary" : ""}`, type: "button", "data-id": id, title, "aria-label": label, disabled,
    "aria-pressed": pressed === null ? null : String(pressed), onclick: action,
  }, icon(draws), h("span", { class: "text" }, label));
}
