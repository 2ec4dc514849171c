// The opening, typed as ABC and checked while it is typed.

const version = new URL(import.meta.url).search;
const [{ field, faultList }, { h }] = await Promise.all([import(`./field.js${version}`), import(`../studio/view.js${version}`)]);

export function mount(root, presses) {
  const told = h("ul", { class: "faults", "aria-live": "polite" });
  const label = h("span", { class: "label" });
  const text = field({
    label: "", onEdit: (value) => presses.emit({ type: "opening", text: value }, true),
    onKey: (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      text.flush();
      presses.emit({ type: "write" });
    },
  });
  root.classList.add("opening");
  root.append(h("div", { class: "head" }, label), text.node, told);
  return { root, presses, update };

  function update(data) {
    label.textContent = data.labels.opening;
    text.area.setAttribute("aria-label", data.labels.opening);
    text.area.placeholder = data.labels.placeholder;
    text.set(data.text, data.faults, presses.waiting());
    told.replaceChildren(...faultList(data.faults, (fault) => text.find(fault.start, fault.end, true)));
  }
}
