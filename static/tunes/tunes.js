// The Tunes page in the browser: the opening's field, the tunes on their way and kept, the one that is looked at.
// Each part is mounted once and then given new data; Python owns the state.

const version = new URL(import.meta.url).search;
const [sound, { presses }, { isDark }, opening, candidates, tune] = await Promise.all([
  import(`../studio/sound.js${version}`), import(`../common/presses.js${version}`), import(`../common/ground.js${version}`),
  import(`./opening.js${version}`), import(`./candidates.js${version}`), import(`./tune.js${version}`),
]);

const PARTS = { opening: opening.mount, candidates: candidates.mount, tune: tune.mount };
let live = null; // the tune that keys play

export function render({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".tunes");
  const part = root.held || (root.held = PARTS[data.part](root, presses(root)));
  if (data.part === "tune") live = part;
  part.presses.send = (pending) => setTriggerValue("event", { events: pending });
  part.presses.settle(data.ack);
  root.classList.toggle("dark", isDark(root));
  part.update(data);
}

document.addEventListener("keydown", (event) => {
  const typing = event.composedPath()[0];
  if (!live?.root.isConnected || event.altKey || event.repeat) return;
  if (typing.closest?.("input,textarea,select,[contenteditable=true],[role=listbox],[role=dialog]")) return;
  live.key(event, Boolean(typing.closest?.("button,a,[role=button],g[tabindex]")));
});

window.cadencia = { measure: sound.measure, ready: sound.ready, loaded: sound.loaded };
