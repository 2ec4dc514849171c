// Chords that were copied: exactly as they are for pasting here, and as text for everywhere else.

let copied = null; // {text, chords}

export const held = () => copied !== null;

// Keeps these cards; the text that goes to the clipboard.
export function take(cards) {
  copied = { text: asText(cards), chords: cards.map(asLink).join("_") };
  return copied.text;
}

// The press that pastes: what was copied here comes back exactly, any other text is read.
export function event(text = copied.text) {
  return copied && text.trim() === copied.text ? { type: "paste", chords: copied.chords } : { type: "paste", text };
}

const asLink = ({ symbol, beats, locked }) => `${symbol}*${beats}${locked ? "!" : ""}`;

const asText = (cards) => cards.map(({ symbol, startsBar }, index) => (startsBar && index ? `| ${symbol}` : symbol)).join(" ");
