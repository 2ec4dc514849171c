"""What each quantity of the lesson is, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from engine.words import Sentence, say

_MEANINGS: Mapping[str, Sentence] = {
    "U": say("Weights from the letters to the hidden units: as many for each letter as there are units."),
    "W": say("Weights from the hidden units to themselves, one step later: the memory."),
    "V": say("Weights from the hidden units to the letters: as many for each letter as there are units."),
    "b": say("Bias of the hidden units."),
    "c": say("Bias of the letters: how likely each is, whatever came before."),
    "x": say("The letter read, as a one in its own place and zeros everywhere else (one-hot)."),
    "a": say("What reaches the hidden units: the letter's column of U, what W passes on from before, the bias."),
    "h": say("The hidden values: all that the network remembers, each between −1 and 1."),
    "z": say("A score for each letter that could come next (logits)."),
    "p": say("The scores as probabilities; they sum to one."),
    "y": say("The letter that really comes next, one-hot."),
    "L": say("The loss: how surprised the network is by the letter that comes, in nats."),
    "dz": say("How the loss moves with each score: what was expected less what came."),
    "dh": say("How the loss moves with each hidden value: through this step's letter, and through all later steps."),
    "s": say("How steep tanh is here: near zero where a unit is saturated, and then hardly anything flows back."),
    "da": say("How the loss moves with what reaches the hidden units."),
    "gU": say("Gradient of U. Only the column of the letter that was read can have one."),
    "gW": say("Gradient of W: what was remembered times what should have been different."),
    "gV": say("Gradient of V: the hidden values times the error of the scores."),
    "gb": say("Gradient of the hidden units' bias."),
    "gc": say("Gradient of the letters' bias."),
}


def meaning(kind: str) -> Sentence:
    """The sentence of a kind; a moved weight means what it meant."""
    return _MEANINGS[kind.rstrip("+")]
