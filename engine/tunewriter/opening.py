"""Whether a tune can be gone on with from its opening, and why not.

What people wrote is held to the rules of reading, not to the stricter ones of writing: the endings of a tune may have
any length, only those that are written here are short.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.abc import VOCABULARY, Grammar, NotAllowed, faults, from_model
from engine.abc.form import MOST_BARS
from engine.abc.tokens import from_tonic
from engine.tunewriter.wish import Beginning, ImpossibleWish
from engine.words import Sentence, say

HEADER = 3  # tokens before the body


def check_opening(grammar: Grammar, beginning: Beginning) -> None:
    """Raises ImpossibleWish where no tune of the grammar's form begins like this. The type does not matter."""
    header = beginning.header
    tokens = (header.get(0, "R:other"), header[1], header[2], *beginning.body)
    at = _refused(grammar, tokens)
    if at is None:
        return
    sign, number = from_tonic(tokens[at], header[2][2:]), max(1, at - HEADER + 1)
    if _refused(Grammar(VOCABULARY), tokens) is None:
        refusal = say(
            "No valid tune of this form begins with the opening: see {sign}, number {number} of its signs. Change it, "
            "or choose Any for form and bars.",
            sign=sign, number=number,
        )  # fmt: skip
    else:
        refusal = _why(tokens, at, sign, number)
    raise ImpossibleWish(refusal)


def _refused(grammar: Grammar, tokens: Sequence[str]) -> int | None:
    """The first token that cannot stand where it does."""
    place = grammar.start()
    for at, token in enumerate(tokens):
        try:
            place = grammar.advance(place, token)
        except NotAllowed:
            return at
    return None


def _why(tokens: Sequence[str], at: int, sign: str, number: int) -> Sentence:
    """The fault that the opening has by itself, else what tunes never hold here."""
    found = [
        fault
        for fault in faults(from_model(tokens))
        if (fault.start if fault.start >= 0 else fault.index) <= at - HEADER
    ]
    if found:
        return say(
            "The opening cannot be gone on with: see {sign}, number {number} of its signs. {reason}",
            sign=sign, number=number, reason=found[-1].sentence,
        )  # fmt: skip
    return say(
        "Tunes have up to {most} bars here, and chords of two to four notes of one length: see {sign}, number {number} "
        "of the opening's signs.",
        most=MOST_BARS, sign=sign, number=number,
    )  # fmt: skip
