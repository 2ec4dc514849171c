"""What a reading tells the musician of a text, as sentences that list what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from engine.words import Sentence, say

MOST_LISTED = 8  # in one note
MOST_WORDS = 3  # of lyrics
LONGEST_WORD = 24  # characters


def richer(plain: Mapping[str, str]) -> Sentence:
    """What the suggestions read more plainly than it sounds: symbol to plain symbol, at least one."""
    if len(plain) > 1:
        return say("These sound as written; the suggestions read them more plainly: {pairs}.", pairs=pairs(plain))
    symbol, read_as = next(iter(plain.items()))
    return say("{symbol} sounds as written; the suggestions read it as {plain}.", symbol=symbol, plain=read_as)


def pairs(pairs: Mapping[str, str]) -> str:
    return _listed([f"{text} = {symbol}" for text, symbol in islice(pairs.items(), MOST_LISTED + 1)])


def remarks(texts: Sequence[str]) -> Sentence:
    """What stands in a text beside its chords, each told once; at least one."""
    return say("Read as remarks, not as chords: {remarks}.", remarks=_listed(tuple(dict.fromkeys(texts)), " · "))


def repeats(signs: Sequence[str]) -> Sentence:
    """What asks for a repeat that the reader does not play; at least one."""
    return say("Repeats that were not played out: {repeats}. Write those chords again.", repeats=_listed(signs, " · "))


def skipped(words: Sequence[str]) -> Sentence:
    """What was taken for lyrics; at least one word."""
    if len(words) == 1:
        return say("Skipped \u201c{word}\u201d, which is not a chord.", word=words[0][:LONGEST_WORD])
    listed = ", ".join([*(word[:LONGEST_WORD] for word in words[:MOST_WORDS]), *(["…"] if words[MOST_WORDS:] else [])])
    return say("Skipped {count} words that are not chords: {words}.", count=str(len(words)), words=listed)


def _listed(texts: Sequence[str], separator: str = ", ") -> str:
    return separator.join([*texts[:MOST_LISTED], *(["…"] if len(texts) > MOST_LISTED else [])])
