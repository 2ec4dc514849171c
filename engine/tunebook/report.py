"""What became of every printed tune, as a text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.tunebook import PARTS, Tally, Tunebook


def report(book: Tunebook) -> str:
    """Collections with what was read, merged and left out and why; parts with tunes, families, tokens and types."""
    return "\n".join([*_collections(book), "", *_parts(book)]) + "\n"


def _collections(book: Tunebook) -> Iterator[str]:
    yield f"{'collection':<12}{'read':>6}{'merged':>8}{'left':>6}{'kept':>6}"
    for tally in book.tallies:
        yield _row(tally)
        yield from (f"    {count:>5} left: {reason}" for reason, count in _falling(tally.left))
        yield from (f"    {count:>5} without their {name}" for name, count in _falling(tally.notices))


def _row(tally: Tally) -> str:
    name = tally.collection.name
    if not tally.read:
        return f"{name:<12}  not on this machine ({tally.collection.title})"
    return f"{name:<12}{tally.read:>6}{tally.merged:>8}{sum(tally.left.values()):>6}{tally.kept:>6}"


def _falling(counts: object) -> list[tuple[str, int]]:
    return Counter(counts).most_common()  # type: ignore[call-overload, no-any-return]


def _parts(book: Tunebook) -> Iterator[str]:
    yield f"{'part':<12}{'tunes':>6}{'families':>10}{'tokens':>9}  types"
    for name, families in zip(PARTS, book.families, strict=True):
        tunes = getattr(book, name)
        tokens = sum(len(tune.body) + 4 for tune in tunes)  # three of the header and the end mark
        types = ", ".join(f"{rhythm} {count}" for rhythm, count in _falling(tune.rhythm for tune in tunes))
        yield f"{name:<12}{len(tunes):>6}{families:>10}{tokens:>9}  {types}"
    yield f"largest family: {book.largest} tunes; families share a run of 20 intervals in any key"
