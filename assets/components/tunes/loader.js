// Small on purpose: this text travels with every rerun. The page's script is a static file the browser keeps.
const tunes = import(new URL("app/static/tunes/tunes.js?v=__VERSION__", document.baseURI).href);

export default async function (component) {
  const { render } = await tunes;
  render(component);
}
