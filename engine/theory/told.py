"""What a reading tells the musician of a text, as sentences that list what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from engine.words import Sentence, say

MOST_LISTED = 8  # in one note


def richer(plain: Mapping[str, str]) -> Sentence:
    """What the suggestions read more plainly than it sounds: symbol to plain symbol, at least one."""
    if len(plain) > 1:
        return say("These sound as written; the suggestions read them more plainly: {pairs}.", pairs=pairs(plain))
    symbol, read_as = next(iter(plain.items()))
    return say("{symbol} sounds as written; the suggestions read it as {plain}.", symbol=symbol, plain=read_as)


def pairs(pairs: Mapping[str, str]) -> str:
    return _listed([f"{text} = {symbol}" for text, symbol in islice(pairs.items(), MOST_LISTED + 1)])


def remarks(texts: Sequence[str]) -> Sentence:
    """What stands in a text beside its chords; at least one."""
    return say("Read as remarks, not as chords: {remarks}.", remarks=_listed([f"\u201c{text}\u201d" for text in texts]))


def _listed(texts: Sequence[str]) -> str:
    return ", ".join([*texts[:MOST_LISTED], *(["…"] if len(texts) > MOST_LISTED else [])])
