// Streamlit adds an entry to the browser's history whenever something behind the "?" of the address changes. After ten
// chords one would press "back" ten times and see nothing happen. Such a change takes the place of the present entry.

const MENDED = Symbol.for("cadencia.address");

if (!history[MENDED]) {
  history[MENDED] = true;
  const { pushState } = history;
  history.pushState = function (state, title, url) {
    const samePage = Boolean(url) && new URL(url, location.href).pathname === location.pathname;
    if (samePage) this.replaceState(state, title, url);
    else pushState.call(this, state, title, url);
  };
}
