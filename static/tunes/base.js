// What the parts share: presses that are sent again until Python has answered them, and whether the ground is dark.

const AGAIN = 1500; // milliseconds after which what was not answered is sent once more

export function presses() {
  let timer = null;
  let pending = [];
  let serial = 0;
  let answered = 0;
  const own = { send: () => {}, settle, emit, waiting: () => pending.length > 0 };
  return own;

  function settle(ack) {
    answered = ack;
    pending = pending.filter((event) => event.id > ack);
  }

  // A later press of a kind in `instead` stands for an earlier one that was not answered: only the last text counts.
  function emit(event, instead = false) {
    serial = Math.max(serial, answered) + 1;
    if (instead) pending = pending.filter((other) => other.type !== event.type);
    pending.push({ id: serial, ...event });
    send();
  }

  function send() {
    clearTimeout(timer);
    own.send(pending);
    timer = setTimeout(() => { if (pending.length) send(); }, AGAIN);
  }
}

export function isDark(root) {
  const probe = document.createElement("span");
  probe.style.color = "var(--st-background-color)";
  root.append(probe);
  const [r, g, b] = (getComputedStyle(probe).color.match(/\d+(\.\d+)?/g) || [255, 255, 255]).map(Number);
  probe.remove();
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}
