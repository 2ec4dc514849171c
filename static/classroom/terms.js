// Takes an entry apart into the numbers that made it: the same as engine/classroom/story.py, which is tested entry by entry.

const dimensions = (quantity) => [quantity.values.length, quantity.values[0].length];

// How a quantity is drawn: letters from left to right, a column of hidden units lying.
export function places(quantity) {
  const [rows, columns] = dimensions(quantity);
  const lying = quantity.axes[0] === "letters" || columns === 1;
  return lying
    ? { rows: columns, columns: rows, at: (row, column) => [column, row] }
    : { rows, columns, at: (row, column) => [row, column] };
}

export function entry(data, name, row, column) {
  const quantity = data.quantities[name];
  const value = quantity.values[row][column];
  const terms = quantity.parts.flatMap((part) => summands(data, part, row, column));
  const frames = {
    tanh: ["tanh(", ")"], slope: ["1 − (", ")²"], loss: ["−ln(", ")"], softmax: ["exp(", `) / Σ exp(${quantity.parts[0] && data.quantities[quantity.parts[0][0]].sign})`],
  };
  const [before, after] = frames[quantity.rule] || ["", ""];
  joined(quantity, terms, data);
  return { sign: named(data, name, row, column), value, terms, before, after };
}

// What stands between the terms, and by how much the second one of a moved weight counts.
function joined(quantity, terms, data) {
  for (const term of terms) term.joint = "+";
  if (quantity.rule === "difference") terms[1].joint = "−";
  if (quantity.rule === "times") terms[1].joint = "×";
  if (quantity.rule === "moved") { terms[1].joint = "−"; terms[1].scale = data.scale; }
}

function summands(data, [left, right, leftTurned, rightTurned], row, column) {
  if (!right) {
    const single = dimensions(data.quantities[left]).every((size) => size === 1);
    return [term(data, [factor(data, left, single ? 0 : row, single ? 0 : column)])];
  }
  const inner = dimensions(data.quantities[left])[leftTurned ? 0 : 1];
  return Array.from({ length: inner }, (_, at) => term(data, [
    leftTurned ? factor(data, left, at, row) : factor(data, left, row, at),
    rightTurned ? factor(data, right, column, at) : factor(data, right, at, column)]));
}

const factor = (data, name, row, column) => ({ name, row, column, sign: named(data, name, row, column), value: data.quantities[name].values[row][column] });
const term = (data, factors) => ({ factors, value: factors.reduce((product, one) => product * one.value, 1) });

function named(data, name, row, column) {
  const { sign, axes } = data.quantities[name];
  const at = [row, column].map((place, which) => (axes[which] === "letters" ? data.letters[place] : axes[which] === "hidden" ? place + 1 : null));
  const written = at.filter((place) => place !== null).join(", ");
  return written ? `${sign}[${written}]` : sign;
}

// One term in writing: a factor with its value, or both factors with their values and the product.
export function contribution({ factors, value, scale }, number) {
  const [left, right] = factors;
  if (scale !== undefined) return `${scale.toPrecision(3)} · ${left.sign} (${number(left.value, 4)})`;
  if (!right) return `${left.sign} (${number(left.value, 4)})`;
  return `${left.sign} · ${right.sign} (${number(left.value, 3)} · ${number(right.value, 3)})`;
}
