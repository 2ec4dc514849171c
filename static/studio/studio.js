// The studio: cards and pads that sound at once. Python owns the state; this draws what it is given and reports presses.

// The version in this file's address goes on to the others, so that a browser never mixes old parts with new ones.
const version = new URL(import.meta.url).search;
const [sound, { card, chip, h, pad, tool }, clip, { presses }, { isDark }] = await Promise.all([
  import(`./sound.js${version}`), import(`./view.js${version}`), import(`./clip.js${version}`),
  import(`../common/presses.js${version}`), import(`../common/ground.js${version}`),
]);

let live = null; // the mounted studio, for keys and for measuring
const TRAIL = "cadencia.trail";
const NARROW = 2; // beats up to which a card may be too narrow for its name
const SMALLEST = 11; // pixels of a name

export function render({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".studio");
  const studio = root.studio || (root.studio = mount(root));
  live = studio;
  studio.presses.send = (pending) => setTriggerValue("event", { events: pending });
  studio.update(data);
}

function mount(root) {
  const $ = (name) => root.querySelector(`.${name}`);
  const nodes = new Map(); // id -> {signature, node}: what has not changed is not touched
  let data = null;
  let loop = false;
  let lit = -1;
  let aim = null; // the place that was selected last, though Python has not answered yet
  let start = null; // and where that selection began
  let whole = false; // all bars of a long song are shown
  let drawn = []; // the cards as they were drawn last, each as text
  let seen = null; // the place that was selected then

  const reported = presses(root);
  const { emit } = reported;
  const studio = { update, presses: reported, key, clipboard, root };
  const actions = { pad: pressPad, card: pressCard, upTo: selectUpTo, why };
  $("cards").addEventListener("scroll", fade, { passive: true });
  root.addEventListener("mousedown", keepKeys);
  return studio;

  function pressPad(item, index) {
    sound.preview(item.pitches);
    glow(root.querySelector(`[data-id="${index < 8 ? "pad" : "chip"}-${index}"]`));
    if (data.selected === null && data.cards.length) showAtOnce(item);
    emit({ type: "pick", chord: item.symbol });
  }

  function pressCard(index, event = null) {
    if (event?.shiftKey && data.cards.length) { selectUpTo(index); return; }
    sound.preview(slots()[index].pitches);
    if (!data.cards.length) return;
    aim = start = index;
    emit({ type: "select", at: index });
  }

  // All from where the selection began, or this one.
  function selectUpTo(index) {
    sound.preview(slots()[index].pitches);
    aim = index;
    start ??= data.anchor ?? data.selected ?? index;
    emit({ type: "select", at: index, from: start });
  }

  // First and last place of what is selected.
  function passage() {
    if (data.selected === null) return null;
    const anchor = data.anchor ?? data.selected;
    return { at: Math.min(anchor, data.selected), to: Math.max(anchor, data.selected) };
  }

  // The card stands before Python answers; the answer then draws the real one in its place.
  function showAtOnce(item) {
    const cards = $("cards");
    const waiting = card({ ...item, span: data.span, note: "" }, data.cards.length, {}, data.labels, actions);
    waiting.classList.add("new");
    cards.insertBefore(waiting, cards.querySelector(".ghost"));
    settle();
    reveal(waiting);
  }

  // What a mouse presses does not take the keys: the space bar goes on playing, a field that was typed in is left.
  function keepKeys(event) {
    if (!event.target.closest("button")) return;
    event.preventDefault();
    if (!root.contains(root.getRootNode().activeElement)) document.activeElement?.blur();
  }

  // Scrolls no further than it takes: bars before and after stay where they are.
  function reveal(node) {
    if (!node?.isConnected) return;
    const cards = $("cards"), margin = 14; // pixels, those that fade
    const { top, bottom } = node.getBoundingClientRect(), view = cards.getBoundingClientRect();
    if (top - margin < view.top) cards.scrollTop -= view.top - top + margin;
    else if (bottom + margin > view.bottom) cards.scrollTop += bottom - view.bottom + margin;
  }

  // Only an edge with something behind it fades.
  function fade() {
    const { scrollTop, scrollHeight, clientHeight } = $("cards");
    root.classList.toggle("above", scrollTop > 4);
    root.classList.toggle("below", scrollHeight - clientHeight - scrollTop > 4);
  }

  function update(next) {
    const first = data === null;
    data = next;
    reported.settle(data.ack);
    if (!reported.waiting()) aim = start = null;
    root.classList.toggle("dark", isDark(root));
    root.style.setProperty("--row", data.row);
    root.style.setProperty("--row-phone", data.row / 2);
    root.style.setProperty("--span", data.span);
    drawCards(first);
    drawTools();
    drawPads();
    remember();
  }

  // Undo survives a refresh: the tab keeps the trail of links and hands it back to a session that knows nothing yet.
  function remember() {
    try {
      if (!data.fresh) sessionStorage.setItem(TRAIL, JSON.stringify(data.trail));
      else {
        const trail = JSON.parse(sessionStorage.getItem(TRAIL) || "[]");
        if (trail.length && !reported.waiting()) emit({ type: "remember", trail });
      }
    } catch { /* private windows may refuse storage: the link still keeps the work */ }
  }

  function keep(id, signature, make) {
    const known = nodes.get(id);
    if (known && known.signature === signature) return known.node;
    const node = make();
    nodes.set(id, { signature, node });
    return node;
  }

  function fill(parent, children) {
    const focused = root.getRootNode().activeElement?.dataset.id;
    children.forEach((child, index) => {
      if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] || null);
    });
    while (parent.children.length > children.length) parent.lastChild.remove();
    if (focused) root.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  function slots() { return data.cards.length ? data.cards : data.example; }

  function drawCards(first) {
    const example = !data.cards.length;
    const before = $("cards").querySelectorAll(".card:not(.example)").length;
    const chosen = passage();
    const standing = slots().map((item, index) => {
      const view = { selected: chosen !== null && index >= chosen.at && index <= chosen.to, example };
      return keep(`card-${index}`, JSON.stringify([item, view]), () => card(item, index, view, data.labels, actions));
    });
    const ghost = keep("ghost", String(example), () => h("span", { class: `ghost${example ? " example" : ""}`, "aria-hidden": "true" }, "+"));
    fill($("cards"), example ? standing : [...standing, ghost]);
    $("cards").setAttribute("aria-label", data.labels.progression);
    standing.forEach((node, index) => node.classList.toggle("sounds", index === lit));
    slots().forEach((item, index) => { if (item.span <= NARROW) fit(standing[index]); });
    settle();
    root.classList.toggle("long", whole || $("cards").scrollHeight > $("cards").clientHeight + 8);
    const come = added();
    if (!first && data.cards.length > before) come.forEach((index) => standing[index].classList.add("new"));
    if (come.length) reveal(standing[come.at(-1)]);
    else if (data.selected !== seen) reveal(standing[data.selected]);
    seen = data.selected;
    fade();
  }

  // A long name in a narrow card is written smaller.
  function fit(node) {
    const name = node.querySelector(".name");
    name.style.fontSize = "";
    if (name.scrollWidth <= name.clientWidth) return;
    const size = parseFloat(getComputedStyle(name).fontSize) * (name.clientWidth - 1) / name.scrollWidth;
    name.style.fontSize = `${Math.max(SMALLEST, size)}px`;
  }

  // The places of the cards that were not there before: those from the first difference on, as many as there are more.
  function added() {
    const now = data.cards.map((item) => JSON.stringify([item.symbol, item.span]));
    const more = now.length - drawn.length;
    const same = now.findIndex((text, index) => text !== drawn[index]);
    drawn = now;
    return more > 0 ? Array.from({ length: more }, (_, index) => same + index) : [];
  }

  // The place of the next chord opens no row of its own where that would push the first bars out of sight.
  function settle() {
    const cards = $("cards");
    const ghost = cards.querySelector(".ghost");
    if (!ghost) return;
    ghost.hidden = false;
    const opensRow = ghost.offsetTop > (ghost.previousElementSibling?.offsetTop ?? 0);
    ghost.hidden = opensRow && cards.scrollHeight > cards.clientHeight + 8;
  }

  function drawTools() {
    const chosen = passage();
    const several = chosen !== null && chosen.to > chosen.at;
    const locked = chosen !== null && data.cards.slice(chosen.at, chosen.to + 1).every((item) => item.locked);
    const { labels } = data;
    const common = [
      tool(sound.isPlaying() ? labels.stop : labels.play, togglePlay,
        { id: "play", draws: sound.isPlaying() ? "stop" : "play", primary: true }),
      tool(labels.loop, () => { loop = !loop; drawTools(); }, { id: "loop", pressed: loop }),
      tool(labels.undo, () => emit({ type: "undo" }), { id: "undo", disabled: !data.canUndo }),
      tool(labels.redo, () => emit({ type: "redo" }), { id: "redo", disabled: !data.canRedo }),
    ];
    const pasting = clip.held() && tool(labels.paste, () => emit(clip.event()), { id: "paste" });
    const changing = chosen && !data.inserting && [
      tool(labels.shorter, () => emit({ type: "beats", ...chosen, by: -1 }), { id: "shorter" }),
      tool(labels.longer, () => emit({ type: "beats", ...chosen, by: 1 }), { id: "longer" }),
      tool(labels.lock, () => emit({ type: "lock", ...chosen }), { id: "lock", pressed: locked }),
      tool(labels.double, () => emit({ type: "double", ...chosen }), { id: "double", title: `${labels.double}. ${labels.several}` }),
      several && tool(labels.copy, copy, { id: "copy" }),
    ];
    const editing = chosen ? [
      ...(changing || [pasting]),
      !several && tool(labels.insert, () => emit({ type: "insert", at: data.selected }), { id: "insert", pressed: data.inserting }),
      !data.inserting && tool(labels.remove, () => emit({ type: "remove", ...chosen }), { id: "remove" }),
      tool(labels.done, () => emit({ type: "select", at: null }), { id: "done" }),
    ] : [
      root.classList.contains("long") && tool(labels.whole, showWhole, { id: "whole", pressed: whole }),
      pasting,
      tool(labels.clear, () => emit({ type: "clear" }), { id: "clear", disabled: !data.cards.length }),
    ];
    const signature = JSON.stringify([data.labels, data.canUndo, data.canRedo, chosen, data.inserting, locked, clip.held(),
      data.cards.length > 0, root.classList.contains("long"), whole, loop, sound.isPlaying()]);
    fill($("tools"), [keep("tools", signature, () => h("span", { class: chosen ? `toolrow editing ${several ? "several" : "one"}` : "toolrow" },
      h("span", { class: "group" }, common), h("span", { class: "group" }, editing)))]);
  }

  function drawPads() {
    $("padtitle").textContent = data.padTitle;
    const make = (kind, draw) => (item, i) => {
      const index = kind === "chip" ? i + 8 : i;
      return keep(`${kind}-${index}`, JSON.stringify(item), () => draw(item, index, data.labels, actions));
    };
    fill($("pads"), data.pads.slice(0, 8).map(make("pad", pad)));
    fill($("chips"), data.pads.slice(8).map(make("chip", chip)));
    $("others").textContent = data.others;
    fill($("kinds"), data.kinds.map(([value, label, meaning]) => keep(`kind-${value}`, JSON.stringify([label, data.kind]), () =>
      h("button", { class: "kind", type: "button", "data-id": `kind-${value}`, title: meaning,
        "aria-pressed": String(value === data.kind), onclick: () => emit({ type: "kind", value }) }, label))));
    if (data.pads.length) why(data.pads[0]);
    else $("why").textContent = data.notice;
    root.classList.toggle("none", !data.pads.length);
  }

  function why(item) {
    $("why").replaceChildren(h("b", {}, item.spoken), ` ${item.below} · ${item.reason}`);
  }

  function glow(node) {
    if (!node) return;
    node.classList.remove("pressed");
    void node.offsetWidth; // starts the glow anew on a second press
    node.classList.add("pressed");
  }

  function showWhole() {
    whole = !whole;
    root.classList.toggle("whole", whole);
    settle();
    drawTools();
  }

  function togglePlay() {
    if (sound.isPlaying()) { sound.stop(); return; }
    const chosen = passage();
    const several = chosen !== null && chosen.to > chosen.at;
    sound.play(slots(), {
      tempo: data.tempo, loop: () => loop, from: chosen?.at ?? 0, ...(several && { end: chosen.to + 1, again: chosen.at }),
      onSlot: (index) => light(index), onEnd: () => { light(-1); drawTools(); },
    });
    drawTools();
  }

  function light(index) {
    lit = index;
    const cards = [...$("cards").querySelectorAll(".card")];
    cards.forEach((node, i) => node.classList.toggle("sounds", i === index));
    reveal(cards[index]);
  }

  function key(event) {
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "z") { event.preventDefault(); emit({ type: event.shiftKey ? "redo" : "undo" }); }
      if (event.key.toLowerCase() === "y") { event.preventDefault(); emit({ type: "redo" }); }
      if (event.key.toLowerCase() === "a" && data.cards.length) {
        event.preventDefault();
        emit({ type: "select", at: data.cards.length - 1, from: 0 });
      }
      return;
    }
    const index = "123456789".indexOf(event.key);
    if (event.key.length === 1 && index >= 0 && data.pads[index]) {
      event.preventDefault();
      actions.pad(data.pads[index], index);
    } else if (event.key === " " && !event.target.closest?.("button,a,[role=button]") && !onOwnButton()) {
      event.preventDefault();
      togglePlay();
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && data.cards.length) {
      event.preventDefault();
      walk(event.key === "ArrowLeft" ? -1 : 1, event.shiftKey);
    } else if (event.key === "Escape" && data.selected !== null) emit({ type: "select", at: null });
    else if ((event.key === "Backspace" || event.key === "Delete") && data.cards.length) {
      event.preventDefault();
      emit({ type: "remove", ...(passage() ?? { at: data.cards.length - 1 }) });
    }
  }

  // From card to card, each sounding; past the last one stands the place of the next chord. Quick presses walk on from
  // where the last one led, though Python has not answered yet.
  function walk(step, extending) {
    const end = data.cards.length;
    const from = aim ?? data.selected ?? end;
    const to = Math.max(0, Math.min(extending ? end - 1 : end, from + step));
    if (to === from) return;
    reveal($("cards").querySelector(`[data-id="card-${to}"]`));
    if (extending) selectUpTo(to);
    else if (to < end) pressCard(to);
    else {
      aim = to;
      start = null;
      emit({ type: "select", at: null });
    }
  }

  // --- the clipboard

  function copy() {
    const chosen = passage();
    const text = chosen ? clip.take(data.cards.slice(chosen.at, chosen.to + 1)) : "";
    navigator.clipboard?.writeText(text).catch(() => {}); // pages without a certificate may not: Paste still has it
    drawTools();
  }

  // The browser's own copy, cut and paste, wherever the keys are ours.
  function clipboard(event) {
    const chosen = passage();
    if (event.type === "paste") {
      const text = event.clipboardData.getData("text/plain");
      if (!text.trim()) return;
      event.preventDefault();
      emit(clip.event(text));
    } else if (chosen) {
      event.preventDefault();
      event.clipboardData.setData("text/plain", clip.take(data.cards.slice(chosen.at, chosen.to + 1)));
      if (event.type === "cut") emit({ type: "remove", ...chosen });
      drawTools();
    }
  }

  function onOwnButton() { return root.getRootNode().activeElement?.tagName === "BUTTON"; }
}

// Not where somebody types.
function isOurs(event) {
  return live?.root.isConnected && !event.composedPath()[0].closest?.("input,textarea,select,[contenteditable=true],[role=listbox],[role=dialog]");
}

document.addEventListener("keydown", (event) => {
  if (isOurs(event) && !event.altKey && !event.repeat) live.key(event);
});
for (const type of ["copy", "cut", "paste"]) {
  document.addEventListener(type, (event) => { if (isOurs(event) && getSelection().isCollapsed) live.clipboard(event); });
}

window.cadencia = { measure: sound.measure, ready: sound.ready };
