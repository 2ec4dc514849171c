// Keeps the mark of a visit in this tab, so that a reload finds the visitor's trainings again. No link carries it.
const KEY = "cadencia.visit";

export default function ({ data, setTriggerValue }) {
  const kept = sessionStorage.getItem(KEY);
  if (kept && kept !== data.mark) setTriggerValue("mark", kept);
  else sessionStorage.setItem(KEY, data.mark);
}
