// The quiz: a beginning that is played, choices that are heard before they are read, an answer that shows the shares.
// Python owns the state.

const version = new URL(import.meta.url).search;
const [sound, { chordName, h, icon }, { presses }, { isDark }] = await Promise.all([
  import(`../studio/sound.js${version}`), import(`../studio/view.js${version}`),
  import(`../common/presses.js${version}`), import(`../common/ground.js${version}`),
]);

const LETTERS = "ABCDEFGH";
let live = null;

export function render({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".quiz");
  const quiz = root.quiz || (root.quiz = mount(root));
  live = quiz;
  quiz.presses.send = (pending) => setTriggerValue("event", { events: pending });
  quiz.update(data);
}

function mount(root) {
  const $ = (name) => root.querySelector(`.${name}`);
  let data = null;
  let picked = null; // a choice that was listened to and not yet given as the answer
  let lit = -1;
  const reported = presses(root);
  const { emit } = reported;
  const quiz = { update, presses: reported, key, root };
  return quiz;

  function update(next) {
    if (!data || data.question !== next.question) picked = null;
    data = next;
    reported.settle(data.ack);
    root.classList.toggle("dark", isDark(root));
    draw();
  }

  function draw() {
    const focused = root.getRootNode().activeElement?.dataset.id;
    $("standing").textContent = data.standing;
    $("heard").replaceChildren(...data.heard.map(bar), asked());
    $("heard").setAttribute("aria-label", data.labels.heard);
    const playing = sound.isPlaying();
    $("listen").replaceChildren(
      button(playing ? data.labels.stop : data.labels.play, listen, { primary: data.answered === null && picked === null, draws: playing ? "stop" : "play", id: "play" }));
    $("choices").replaceChildren(...data.choices.map(choice));
    $("choices").setAttribute("aria-label", data.labels.choices);
    $("verdict").textContent = data.verdict;
    const done = data.answered !== null;
    $("onward").replaceChildren(done
      ? button(data.labels.next, () => emit({ type: "next", question: data.question }), { primary: true, id: "next" })
      : button(data.labels.answer, answer, { primary: picked !== null, disabled: picked === null, id: "answer" }));
    if (focused) root.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  }

  // Only classes change while it plays: a button that were drawn anew under a finger would swallow the press.
  function light(place) {
    lit = place;
    $("heard").querySelectorAll(".bar").forEach((node, at) => node.classList.toggle("sounds", at === place));
  }

  function bar(item, index) {
    return h("div", { class: `bar ${item.function}${index === lit ? " sounds" : ""}`, title: item.spoken }, chordName(item.name));
  }

  function asked() {
    const given = data.answered === null ? null : data.choices[data.answered];
    return h("div", { class: `bar asked ${given ? given.function : "hidden"}${lit === data.heard.length ? " sounds" : ""}` },
      given ? chordName(given.name) : "?");
  }

  function choice(item, index) {
    const done = data.answered !== null;
    const chosen = done ? index === data.answered : index === picked;
    const mark = done && index === data.best ? "✓" : "";
    return h("button", {
      class: `choice ${done ? item.function : "hidden"}${chosen ? " picked" : ""}`, type: "button", "data-id": `choice-${index}`,
      "aria-pressed": String(chosen), "aria-keyshortcuts": String(index + 1), onclick: () => hear(index),
      "aria-label": done ? `${LETTERS[index]}: ${item.spoken}, ${percent(item.probability)}, ${item.reason}` : `${data.labels.choice} ${LETTERS[index]}`,
    },
    h("span", { class: "letter" }, h("span", {}, LETTERS[index]), h("span", { class: "mark" }, mark, done && ` ${percent(item.probability)}`)),
    done || data.named ? chordName(item.name) : h("span", { class: "name" }, "♪"),
    h("span", { class: "why" }, done ? item.reason : ""),
    done && h("span", { class: "foot", style: { width: `${Math.max(0.5, item.probability * 100)}%` } }));
  }

  // A choice sounds after the last chord of the beginning: a chord alone says little.
  function hear(index) {
    if (data.answered === null) picked = index;
    const last = data.heard.length - 1;
    run([{ ...data.heard[last], beats: 2 }, { ...data.choices[index], beats: 3 }], [last, data.heard.length]);
  }

  function listen() {
    if (sound.isPlaying()) { sound.stop(); draw(); return; }
    const end = data.answered === null ? [] : [data.choices[data.answered]];
    run([...data.heard, ...end], [...data.heard.keys(), data.heard.length]);
  }

  function run(slots, places) {
    sound.play(slots.map(({ pitches, beats = 2 }) => ({ pitches, beats })), {
      tempo: data.tempo, loop: () => false, onSlot: (at) => light(places[at]), onEnd: () => { light(-1); draw(); },
    });
    draw();
  }

  function answer() {
    if (picked !== null && data.answered === null) emit({ type: "answer", choice: picked, question: data.question });
  }

  function button(label, action, { primary = false, disabled = false, draws = null, id }) {
    return h("button", { class: `tool${primary ? " primary" : ""}`, type: "button", disabled, "data-id": id, onclick: action }, draws && icon(draws), label);
  }

  function key(event) {
    const index = "12345678".indexOf(event.key);
    if (event.key.length === 1 && index >= 0 && data.choices[index]) { event.preventDefault(); hear(index); }
    else if (event.key === " ") { event.preventDefault(); listen(); }
    else if (event.key === "Enter") { event.preventDefault(); if (data.answered === null) answer(); else emit({ type: "next", question: data.question }); }
  }
}

const percent = (p) => `${p >= 0.01 ? Math.round(p * 100) : "<1"} %`;

document.addEventListener("keydown", (event) => {
  const typing = event.composedPath()[0];
  if (!live?.root.isConnected || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  if (typing.closest?.("input,textarea,select,button,a,[contenteditable=true],[role=listbox],[role=dialog]")) return;
  live.key(event);
});

window.cadencia = { measure: sound.measure, ready: sound.ready };
