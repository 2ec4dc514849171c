// Small on purpose: this text travels with every rerun. The studio itself is a static file the browser keeps.
const studio = import(new URL("app/static/studio/studio.js?v=__VERSION__", document.baseURI).href);

export default async function (component) {
  const { render } = await studio;
  render(component);
}
