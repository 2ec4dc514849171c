"""The theory suite in the live spelling: the same contexts as sevenths or triads, with the mode as first token.

A chord counts as acceptable when it stands on the wanted degree and is of its family: what the published vocabulary
writes alike (I, Imaj7 and I6; iim and iim7; V7 and V7sus).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.checkpoint import Model
from engine.evaluate.suite import THEORY_SUITE, WITHIN, Case
from engine.music import Chord, Key, Mode
from engine.predict import DEFAULT_REPETITION, suggest
from engine.theory import Colour, chord_of_published, numeral_of
from engine.vocab import opening

COLOURS: tuple[Colour, ...] = ("triads", "sevenths")
_FAMILIES = (("", "maj7", "6"), ("m", "m7", "m6", "mM7"), ("7", "7sus"), ("m7b5",), ("dim", "dim7"))


def mode_of(case: Case) -> Mode | None:
    """What the case is about: a tonic in lower case means minor; without a context, either."""
    if not case.context:
        return None
    tokens = {*case.context, *case.acceptable}
    return "minor" if tokens & {"i", "iiø"} else "major"


def examine_live(model: Model, colour: Colour, repetition: float = DEFAULT_REPETITION) -> tuple[Case, ...]:
    """Every case in live tokens, with what the model offers. `repetition` 1 is the model alone."""
    return tuple(_examined(model, case, colour, repetition) for case in THEORY_SUITE)


def _examined(model: Model, case: Case, colour: Colour, repetition: float) -> Case:
    mode = mode_of(case)
    key = Key("C", mode or "major")
    context = tuple(numeral_of(chord_of_published(token, key, colour), key) for token in case.context)
    accepted = {numeral for token in case.acceptable for numeral in _family(token, mode)}
    offered = suggest(model, (*opening(mode), *context), k=WITHIN, repetition=repetition)
    return Case(context, tuple(sorted(accepted)), tuple(each.token for each in offered))


def _family(token: str, mode: Mode | None) -> Sequence[str]:
    """Every live token for a published one; without a mode, a lower case tonic is of the minor key."""
    key = Key("C", mode or ("minor" if token in ("i", "iiø") else "major"))
    chord = chord_of_published(token, key, "sevenths")
    qualities = next((family for family in _FAMILIES if chord.quality in family), (chord.quality,))
    return [numeral_of(Chord(chord.root, quality), key) for quality in qualities]


def live_suite(model: Model) -> str:
    """Results as text, in both colours."""
    lines = ["Theory suite in the live spelling (an acceptable chord in the top 5)"]
    for colour in COLOURS:
        alone, reranked = examine_live(model, colour, 1.0), examine_live(model, colour)
        passed = [sum(case.passes for case in cases) for cases in (alone, reranked)]
        lines.append(
            f"{colour}: {passed[0]} of {len(alone)} alone, {passed[1]} with repetition at {DEFAULT_REPETITION}"
        )
        lines += [f"{'+' if case.passes else '-'}  {' '.join(case.context) or '(nothing)'} → {' '.join(case.offered)}"
                  for case in reranked]  # fmt: skip
    return "\n".join(lines)
