// Small on purpose: this text travels with every rerun. The component itself is a static file the browser keeps.
const part = import(new URL("app/static/__SCRIPT__?v=__VERSION__", document.baseURI).href);
import(new URL("app/static/common/address.js?v=__VERSION__", document.baseURI).href);

export default async function (component) {
  const { render } = await part;
  render(component);
}
