// Presses on their way to Python: numbered, and sent again until they are answered, because a rerun may swallow a
// message or take it twice. Python answers each number once, so sending again does no harm.

const AGAIN = 1200; // milliseconds after which what was not answered is sent once more
const LONGEST = 20000; // each time after twice as long, up to this: a page that is slow is not interrupted for ever
const LOOK = 200; // milliseconds between two looks at a page that is under way
const UNDER_WAY = ["running", "rerunRequested"];

export function presses(root) {
  let timer = null;
  let wait = AGAIN;
  let pending = [];
  let serial = 0;
  let answered = 0;
  let sent = 0; // when the last message left, in milliseconds
  const own = { send: () => {}, settle, emit, waiting: () => pending.length > 0 };
  return own;

  // Python has answered all up to this number.
  function settle(ack) {
    answered = ack;
    const left = pending.filter((event) => event.id > ack);
    if (left.length < pending.length) wait = AGAIN;
    pending = left;
    if (!pending.length) clearTimeout(timer);
  }

  // A later press of a kind in `instead` stands for an earlier one that was not answered: only the last text counts.
  function emit(event, instead = false) {
    serial = Math.max(serial, answered) + 1;
    if (instead) pending = pending.filter((other) => other.type !== event.type);
    pending.push({ id: serial, ...event });
    wait = AGAIN;
    send();
  }

  function send() {
    clearTimeout(timer);
    own.send(pending);
    sent = performance.now();
    timer = setTimeout(again, wait);
  }

  // A message would break off what is under way; its end may bring the answer.
  function again() {
    if (!pending.length || !root.isConnected) return;
    if (isUnderWay() && performance.now() - sent < LONGEST) {
      timer = setTimeout(again, LOOK);
      return;
    }
    wait = Math.min(2 * wait, LONGEST);
    send();
  }
}

// Streamlit says on its outermost element whether the page's script runs; where it does not, nothing is known.
function isUnderWay() {
  return UNDER_WAY.includes(document.querySelector("[data-testid=stApp]")?.dataset.testScriptState);
}
