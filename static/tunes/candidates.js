// Tunes on their way, and those that are kept, best first: a first line of each, what it is, whether it is new.

const version = new URL(import.meta.url).search;
const [{ h, icon, tool }, score] = await Promise.all([import(`../studio/view.js${version}`), import(`./score.js${version}`)]);

const KEPT = "cadencia.tunes";

export function mount(root, presses) {
  const head = h("div", { class: "head" });
  const list = h("ol", { class: "list" });
  const nodes = new Map(); // id -> {signature, node}
  let data = null;
  let headDrawn = "";
  let handed = false; // what the tab has kept is on its way back
  root.classList.add("candidates");
  root.append(head, list);
  return { root, presses, update };

  function update(next) {
    data = next;
    const signature = JSON.stringify([data.standing, data.isWriting, data.labels]);
    if (signature !== headDrawn) {
      headDrawn = signature;
      head.replaceChildren(h("span", { class: "standing", "aria-live": "polite" }, data.standing),
        data.isWriting && tool(data.labels.stop, () => presses.emit({ type: "stop" }), { id: "stop", draws: "stop" }) || "");
    }
    root.classList.toggle("empty", !data.running.length && !data.kept.length);
    list.setAttribute("aria-label", data.labels.tunes);
    const items = [...data.running.map(running), ...data.kept.map(kept)];
    nodes.forEach((_, id) => { if (!items.some((item) => item.dataset.id === id)) nodes.delete(id); });
    items.forEach((item, index) => { if (list.children[index] !== item) list.insertBefore(item, list.children[index] || null); });
    while (list.children.length > items.length) list.lastChild.remove();
    remember();
  }

  // Tunes and undo survive a refresh: the tab keeps the desk and hands it back to a session that knows nothing yet.
  function remember() {
    try {
      if (!data.fresh) {
        handed = false;
        if (!presses.waiting()) sessionStorage.setItem(KEPT, data.desk);
        return;
      }
      const desk = sessionStorage.getItem(KEPT);
      if (desk && !handed) presses.emit({ type: "remember", desk });
      handed = true;
    } catch { /* private windows may refuse storage, and a full one too: the link still keeps the tune */ }
  }

  function keep(id, signature, make) {
    const known = nodes.get(id);
    if (known?.signature === signature) return known.node;
    const node = make(known?.node);
    nodes.set(id, { signature, node });
    return node;
  }

  // A tune on its way keeps its place; only its staff is drawn again.
  function running(item) {
    return keep(`tune-${item.number}`, JSON.stringify(item), (old) => {
      const again = old?.classList.contains("running") ? old : shell(item, "running", h("div", { class: "card" },
        h("span", { class: "top" }, h("span", { class: "title" }), h("span", { class: "mark" })), h("span", { class: "staff", "aria-hidden": "true" }), h("code", {})));
      again.querySelector(".title").textContent = item.title || data.labels.begins;
      again.querySelector(".mark").textContent = item.notes;
      again.querySelector("code").textContent = item.tail;
      draw(again.querySelector(".staff"), item.incipit);
      return again;
    });
  }

  function kept(item) {
    return keep(`tune-${item.number}`, JSON.stringify(item), () => {
      const staff = h("span", { class: "staff", "aria-hidden": "true" });
      const mark = item.reason ? h("span", { class: "mark invalid", title: item.reason }, [item.mark, item.reason].filter(Boolean).join(" · ")) : h("span", { class: `mark ${item.kind}` }, item.mark);
      const card = h("button", {
        class: "card", type: "button", "aria-pressed": String(item.chosen), "data-number": item.number,
        onclick: () => presses.emit({ type: "choose", number: item.number }),
      }, h("span", { class: "top" }, h("span", { class: "title" }, item.title), h("span", { class: "bars" }, item.bars)),
      item.incipit ? staff : h("code", {}, item.tail), mark);
      if (item.incipit) draw(staff, item.incipit);
      const away = h("button", { class: "away", type: "button", title: data.labels.remove, "aria-label": `${data.labels.remove}: ${item.title}`,
        onclick: () => presses.emit({ type: "remove", number: item.number }) }, icon("remove"));
      return shell(item, item.chosen ? "chosen" : "", card, away);
    });
  }

  function shell(item, kind, ...children) {
    return h("li", { class: `item ${kind}`, "data-id": `tune-${item.number}` }, ...children);
  }

  function draw(staff, text) {
    if (!text || staff.text === text) return;
    staff.text = text;
    const width = () => staff.clientWidth || 300;
    // Not yet in the page: its width is known in the next frame.
    requestAnimationFrame(() => { if (staff.text === text) score.drawIncipit(staff, text, width()); });
  }
}
