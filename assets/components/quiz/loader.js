// Small on purpose: this text travels with every rerun. The quiz itself is a static file the browser keeps.
const quiz = import(new URL("app/static/quiz/quiz.js?v=__VERSION__", document.baseURI).href);

export default async function (component) {
  const { render } = await quiz;
  render(component);
}
