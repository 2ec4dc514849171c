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

// A mouse sounds on the way down; touch and keys on the click, so that scrolling over pads stays silent.
function pressable(press) {
  let early = false;
  return {
    onpointerdown: (event) => { if (event.pointerType === "mouse" && event.button === 0) { early = true; press(); } },
    onclick: () => { if (!early) press(); early = false; },
    onpointerleave: () => { early = false; },
  };
}

export function card(item, index, { selected, example }, labels, actions) {
  return h("button", {
    class: `card ${item.function}${selected ? " selected" : ""}${example ? " example" : ""}${item.startsBar ? " bar" : ""}`,
    type: "button", "data-id": `card-${index}`, "data-chord": item.symbol, "aria-pressed": selected ? "true" : "false",
    "aria-label": `${labels.chord} ${index + 1}: ${item.spoken}`, title: item.note || item.spoken,
    style: { "--beats": item.span }, ...pressable(() => actions.card(index)),
  },
  item.startsBar && h("span", { class: "barnumber", "aria-hidden": "true" }, String(item.bar)),
  chordName(item.name),
  h("span", { class: "under" }, badge(item), h("span", { class: "numeral" }, item.below), item.note && h("span", { class: "note" }, "≈")));
}

export function pad(item, index, labels, actions) {
  return h("button", {
    class: `pad ${item.function}`, type: "button", "data-id": `pad-${index}`, "data-chord": item.symbol,
    "data-numeral": item.numeral, title: item.reason,
    "aria-label": `${item.spoken}, ${percent(item.probability)}, ${item.reason}`, "aria-keyshortcuts": String(index + 1),
    onfocus: () => actions.why(item), onpointerenter: () => actions.why(item), ...pressable(() => actions.pad(item, index)),
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
    onfocus: () => actions.why(item), onpointerenter: () => actions.why(item), ...pressable(() => actions.pad(item, index)),
  }, badge(item), chordName(item.name), h("span", { class: "percent" }, percent(item.probability)),
  index === 8 && h("kbd", {}, "9"));
}

export function tool(label, action, { id, icon = "", pressed = null, primary = false, disabled = false } = {}) {
  return h("button", {
    class: `tool${primary ? " primary" : ""}`, type: "button", "data-id": id, title: label, "aria-label": label, disabled,
    "aria-pressed": pressed === null ? null : String(pressed), onclick: action,
  }, icon && h("span", { class: "icon", "aria-hidden": "true" }, icon), h("span", { class: "text" }, label));
}
