"""Looking into a trained network: what it writes, which earlier characters mattered, what its gates did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from engine.classroom.lesson import LessonRefused, shown
from engine.recurrent import Cell
from engine.recurrent.network import TokenRNN
from engine.words import say

LONGEST_PROMPT = 200  # characters
LONGEST_COMPLETION = 300
TEMPERATURE_RANGE = (0.0, 2.0)
Array = npt.NDArray[np.float64]

# The blocks of rows in torch's weights, in its order, and what the page shows of each cell.
GATES: Mapping[Cell, tuple[str, ...]] = {
    "rnn": ("h",),
    "gru": ("r", "z", "n", "h"),
    "lstm": ("i", "f", "g", "o", "c", "h"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One character that was written, and what every character's probability was when it was drawn, likeliest first."""

    character: str
    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written: after what, at which temperature (0: always the likeliest), how many characters."""

    prompt: str
    temperature: float = 0.8
    length: int = 60
    rng_seed: int = 0


def completion(network: TokenRNN, alphabet: tuple[str, ...], wish: Wish) -> tuple[Drawn, ...]:
    """Characters written after a prompt.

    The same seed throws the same dice for every network, so what differs is the networks' own. Refused: a prompt that
    is empty, too long or holds a character the network never saw; a temperature or length out of range.
    """
    ids = read_prompt(alphabet, wish.prompt)
    low, high = TEMPERATURE_RANGE
    if not (low <= wish.temperature <= high and 1 <= wish.length <= LONGEST_COMPLETION):
        raise LessonRefused(say("Choose a temperature up to 2 and at most {most} characters.", most=LONGEST_COMPLETION))
    dice = np.random.default_rng(wish.rng_seed).random(wish.length)
    written: list[Drawn] = []
    with torch.inference_mode():
        logits, state = network.read(torch.tensor([ids]))
        for roll in dice:
            shares = _shares(logits[0, -1].double().numpy(), wish.temperature)
            chosen = min(int(np.searchsorted(np.cumsum(shares), roll, side="right")), len(shares) - 1)
            order = np.argsort(-shares, kind="stable")
            ranked = tuple((alphabet[number], float(shares[number])) for number in order)
            written.append(Drawn(alphabet[chosen], ranked))
            logits, state = network.read(torch.tensor([[chosen]]), state=state)
    return tuple(written)


def read_prompt(alphabet: tuple[str, ...], prompt: str) -> list[int]:
    """Characters as numbers; refused when there are none, too many, or one the network never saw."""
    if not 1 <= len(prompt) <= LONGEST_PROMPT:
        raise LessonRefused(say("Write from 1 to {most} characters to go on from.", most=LONGEST_PROMPT))
    strange = next((character for character in prompt if character not in alphabet), None)
    if strange is not None:
        template = say("“{character}” is not in the text that was learnt; write without it.", character=shown(strange))
        raise LessonRefused(template)
    return [alphabet.index(character) for character in prompt]


def _shares(logits: Array, temperature: float) -> Array:
    if temperature == 0:
        return np.array(np.arange(len(logits)) == logits.argmax(), dtype=np.float64)
    weights = np.exp((logits - logits.max()) / temperature)
    shares: Array = weights / weights.sum()
    return shares


@dataclass(frozen=True, slots=True)
class Influence:
    """How much each character of a text bore on what is expected after it: gradient norms, the largest scaled to 1."""

    text: str
    expected: str
    probability: float
    weights: tuple[float, ...]


def influence(network: TokenRNN, alphabet: tuple[str, ...], text: str) -> Influence:
    """Norm of the gradient of the likeliest next character's logit by each character's embedding.

    After Madsen, "Visualizing memorization in RNNs", Distill 2019.
    """
    if network.emb is None:
        raise ValueError("the network has no embedding to take a gradient by")
    ids = torch.tensor([read_prompt(alphabet, text)])
    entered = network.emb(ids).detach().requires_grad_()  # (1, time, embedding)
    hidden, _ = network.rnn(entered)
    logits = network.score(hidden[:, -1])[0]
    best = int(logits.argmax())
    (slopes,) = torch.autograd.grad(logits[best], entered)
    norms = slopes[0].norm(dim=-1).numpy().astype(np.float64)
    probability = float(torch.softmax(logits.detach(), dim=-1)[best])
    return Influence(text, alphabet[best], probability, tuple((norms / max(norms.max(), 1e-30)).tolist()))


@dataclass(frozen=True, eq=False)
class Activity:
    """What happened inside a cell over a text: `values[name]` is (time, units); gates lie from 0 to 1, the rest in ±1.

    An LSTM's cell state c alone has no bounds.
    """

    cell: Cell
    text: str
    values: dict[str, Array]


def activity(network: TokenRNN, alphabet: tuple[str, ...], text: str) -> Activity:
    """Gates, cell and hidden values for every character, worked out from the weights (first layer).

    LSTM: Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000); GRU: Cho et al. (2014), in the
    variant of torch, where the reset gate acts after the recurrent product.
    """
    cell = network.sizes.cell
    weights = {name: tensor.detach().double().numpy() for name, tensor in network.state_dict().items()}
    inputs = weights["emb.weight"][read_prompt(alphabet, text)] @ weights["rnn.weight_ih_l0"].T
    inputs = inputs + weights["rnn.bias_ih_l0"]
    hidden = np.zeros((2, network.sizes.hidden_size))  # hidden and cell
    rows = []
    for from_letter in inputs:
        from_before = weights["rnn.weight_hh_l0"] @ hidden[0] + weights["rnn.bias_hh_l0"]
        found = _CELLS[cell](from_letter, from_before, hidden)
        hidden = np.stack([found["h"], found.get("c", hidden[1])])
        rows.append(found)
    return Activity(cell, text, {name: np.stack([row[name] for row in rows]) for name in GATES[cell]})


def _rnn(from_letter: Array, from_before: Array, _: Array) -> dict[str, Array]:
    return {"h": np.tanh(from_letter + from_before)}


def _gru(from_letter: Array, from_before: Array, hidden: Array) -> dict[str, Array]:
    reset_in, update_in, new_in = np.split(from_letter, 3)
    reset_back, update_back, new_back = np.split(from_before, 3)
    reset, update = _sigmoid(reset_in + reset_back), _sigmoid(update_in + update_back)
    new = np.tanh(new_in + reset * new_back)
    return {"r": reset, "z": update, "n": new, "h": (1 - update) * new + update * hidden[0]}


def _lstm(from_letter: Array, from_before: Array, hidden: Array) -> dict[str, Array]:
    admit, forget, candidate, release = np.split(from_letter + from_before, 4)
    found = {"i": _sigmoid(admit), "f": _sigmoid(forget), "g": np.tanh(candidate), "o": _sigmoid(release)}
    found["c"] = found["f"] * hidden[1] + found["i"] * found["g"]
    return {**found, "h": found["o"] * np.tanh(found["c"])}


_CELLS = {"rnn": _rnn, "gru": _gru, "lstm": _lstm}


def _sigmoid(values: Array) -> Array:
    halved: Array = (np.tanh(values / 2) + 1) / 2
    return halved
