// Scores drawn in the browser by abcjs (MIT), from text that Python wrote: no text of a visitor's own comes here.

const version = new URL(import.meta.url).search;
const SOURCE = new URL(`../abcjs/abcjs-basic-min.js${version}`, import.meta.url).href;
let loading = null;

function library() {
  loading ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SOURCE;
    script.onload = () => resolve(window.ABCJS);
    script.onerror = () => { loading = null; reject(new Error("abcjs could not be read")); };
    document.head.append(script);
  });
  return loading;
}

const FINGER = 22; // pixels
const NARROW = 560; // pixels, below which a line holds two bars

// The whole score, in the lines of its text or, where it is narrow, broken anew. Gives the drawn tune, or null when it could not be drawn.
export async function drawScore(node, text, width, ink = "currentColor") {
  const abcjs = await library();
  const scale = width < NARROW ? 0.85 : 1; // by the view box: abcjs' own scale would make the page wider
  const options = {
    add_classes: true, foregroundColor: ink, staffwidth: Math.max(160, Math.floor(width / scale) - 16),
    paddingleft: 4, paddingright: 12, paddingtop: 8, paddingbottom: 8, selectTypes: ["note"],
    selectionColor: ink, ...(width < NARROW ? { wrap: { minSpacing: 1.4, maxSpacing: 2.7, preferredMeasuresPerLine: 2 } } : {}),
    format: { stretchlast: 0.5, gchordfont: "sans-serif 11 bold", infofont: "sans-serif 11 italic", titlefont: "sans-serif 18 bold" },
  };
  return drawn(abcjs, node, text, options);
}

// The first bars, small, on one line.
export async function drawIncipit(node, text, width) {
  const abcjs = await library();
  const scale = 0.7;
  const options = {
    foregroundColor: "currentColor", staffwidth: Math.max(120, Math.floor(width / scale) - 8), paddingleft: 0, paddingright: 0,
    paddingtop: 0, paddingbottom: 0, selectTypes: false, format: { stretchlast: 0 },
  };
  return drawn(abcjs, node, text.replace(/^R:.*\n/m, ""), options);
}

function drawn(abcjs, node, text, options) {
  try {
    const tune = abcjs.renderAbc(node, text, options)[0] || null;
    for (const name of ["height", "width"]) node.style.removeProperty(name);
    const svg = node.querySelector("svg");
    if (svg) { // what is too wide or too high becomes smaller instead of being cut off
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
      svg.setAttribute("preserveAspectRatio", "xMinYMid meet");
    }
    return tune;
  } catch (error) {
    console.warn("This tune could not be drawn.", error);
    return null;
  }
}

// The notes' drawings by their first character in the text.
export function noteAt(tune, character) {
  const element = tune?.getElementFromChar(character);
  const drawings = element?.abselem?.elemset?.filter(Boolean) || [];
  return drawings.filter((node) => !node.classList.contains("abcjs-chord"));
}

// Which of some notes, each a list of drawings, was meant by a press: the nearest, within a finger's breadth; else -1.
export function nearest(notes, x, y) {
  let best = -1;
  let least = FINGER;
  notes.forEach((drawings, index) => drawings.forEach((node) => {
    const box = node.getBoundingClientRect();
    const away = Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
    if (away < least) [best, least] = [index, away];
  }));
  return best;
}

// A score on white paper, black, for files and for the printer.
export async function onPaper(text, title) {
  const sheet = document.createElement("div");
  sheet.style.cssText = "position:absolute;left:-10000px;top:0;width:760px;color:#000";
  document.body.append(sheet);
  await drawScore(sheet, text, 760, "#000000");
  const svg = sheet.querySelector("svg");
  sheet.remove();
  svg?.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const name = document.createElementNS("http://www.w3.org/2000/svg", "title");
  name.textContent = title;
  svg?.querySelector("title")?.remove();
  svg?.prepend(name);
  return svg;
}
