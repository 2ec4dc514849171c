// Text with a ground behind every character. Pointing at one tells its details; where characters carry weights for the
// ones before them, these become the ground. All comes from Python at once; nothing is asked back.

const version = new URL(import.meta.url).search;
const [{ h }, { isDark }] = await Promise.all([import(`../studio/view.js${version}`), import(`../common/ground.js${version}`)]);

export function render({ parentElement, data }) {
  const root = parentElement.querySelector(".letters");
  const view = root.view || (root.view = mount(root));
  view.update(data);
}

function mount(root) {
  const $ = (name) => root.querySelector(`.${name}`);
  let data = null;
  let chosen = null; // place in the text, the same in all rows
  root.addEventListener("pointerover", (event) => choose(event.target));
  root.addEventListener("click", (event) => choose(event.target));
  root.addEventListener("keydown", walk);
  return { update };

  function update(next) {
    if (!data || String(data.key) !== String(next.key)) chosen = next.start;
    data = next;
    root.classList.toggle("dark", isDark(root));
    draw();
  }

  function draw() {
    const focused = root.getRootNode().activeElement?.dataset?.row;
    $("rows").replaceChildren(...data.rows.map(row));
    tell();
    if (focused !== undefined) root.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
  }

  function row(one, number) {
    return h("div", { class: "row" },
      h("p", { class: "name" }, one.name, h("span", {}, one.note)),
      h("div", { class: "text", tabindex: "0", "data-row": String(number), "aria-label": `${one.name}: ${one.characters.map(([sign]) => sign).join("")}` },
        ...one.characters.flatMap((character, place) => sign(one, character, place))));
  }

  function sign(one, [text, given, shade], place) {
    const weights = chosen !== null && one.weights && one.weights[chosen];
    const strength = weights ? (place < weights.length ? weights[place] : 0) : shade;
    const style = strength ? { background: `color-mix(in srgb, var(--tonic) ${Math.round(64 * strength)}%, transparent)` } : {};
    const node = h("span", { class: `char${given ? " given" : ""}${place === chosen ? " chosen" : ""}`, "data-place": String(place), style }, text);
    return text === "↵" ? [node, h("span", { class: "break" })] : [node];
  }

  function choose(target) {
    const found = target.closest?.(".char");
    if (!found || Number(found.dataset.place) === chosen) return;
    chosen = Number(found.dataset.place);
    if (data.rows.some((one) => one.weights)) draw();
    else { mark(); tell(); }
  }

  function mark() {
    for (const one of root.querySelectorAll(".char")) one.classList.toggle("chosen", Number(one.dataset.place) === chosen);
  }

  function walk(event) {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move || !event.target.closest?.(".text")) return;
    const most = Math.max(...data.rows.map((one) => one.characters.length)) - 1;
    chosen = Math.max(0, Math.min(most, (chosen ?? -1) + move));
    draw();
    event.preventDefault();
  }

  function tell() {
    const told = chosen === null ? [] : data.rows.filter((one) => one.details[chosen]);
    $("said").replaceChildren(...(told.length ? told.map((one) => h("p", {}, h("b", {}, `${one.name}: `), ...one.details[chosen].map((part) => h("span", { class: "share" }, part))))
      : [h("p", { class: "quiet" }, data.hint)]));
  }
}
