// Small on purpose: this text travels with every rerun. The roll itself is a static file the browser keeps.
const roll = import(new URL("app/static/roll/roll.js?v=__VERSION__", document.baseURI).href);

export default async function (component) {
  const { render } = await roll;
  render(component);
}
