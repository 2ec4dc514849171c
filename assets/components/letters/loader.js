// Small on purpose: this text travels with every rerun. The drawing itself is a static file the browser keeps.
const letters = import(new URL("app/static/classroom/letters.js?v=__VERSION__", document.baseURI).href);

export default async function (component) {
  const { render } = await letters;
  render(component);
}
