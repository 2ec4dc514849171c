"""Where choirs fall silent and where two voices rub: python -m scripts.measure_choirs [first seed].

Bach's chorales in 4/4 (bars 3 to 10, as many as are written on) beside continuations of the house's example and of the
first two bars of real ones, and beside real sopranos harmonised. A beat counts as silent where none of four voices
sounds, as rubbing where two are a semitone apart.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise

from engine.notes import Piece, PieceNote, bar_starts
from engine.notes.events import parts_of
from engine.notewriter import NoteWish, Written, first_bars, harmonise, load, write
from engine.repertoire import read_chorales
from pages.parts.notes.examples import example

BARS, GIVEN = 8, 2
SEEDS, VARIATIONS = 30, 8
EVERY, TAKES = 9, 4  # of the real openings one in so many, each continued so often
_TRIADS = ({0, 4, 7}, {0, 3, 7}, {0, 4}, {0, 3})
Excerpt = tuple[Piece, Fraction]  # a piece, and from which beat on it is looked at


def main(first: int) -> None:
    model = load("chorale")
    real = [work.piece for work in read_chorales().works if str(work.piece.meter) == "4/4"]
    some = real[EVERY // 2 :: EVERY]
    excerpts = list(_excerpts(real))
    tell("Bach's chorales", excerpts)
    tell("  those without a silence in the bars before", ((p, at) for p, at in excerpts if not _silences(p, end=at)))
    wishes = [NoteWish(bars=BARS, rng_seed=first + number, variations=VARIATIONS) for number in range(SEEDS)]
    tell(
        "the house's example, continued",
        (_new(one) for wish in wishes for one in write(model, wish, example("chorale"))),
    )
    tell("real openings, continued", (
        _new(one) for number, piece in enumerate(some)
        for one in write(model, replace(wishes[0], rng_seed=first + number, variations=TAKES), first_bars(piece, GIVEN))
    ))  # fmt: skip
    sung = [first_bars(piece, BARS) for piece in some]
    tell("real sopranos with Bach's voices", ((piece, Fraction(0)) for piece in sung))
    tell("real sopranos, harmonised", (
        (harmonise(model, NoteWish(rng_seed=first + number), _soprano(piece))[0].piece, Fraction(0))
        for number, piece in enumerate(sung)
    ))  # fmt: skip


def _excerpts(pieces: Iterable[Piece]) -> Iterator[Excerpt]:
    for piece in pieces:
        starts, bar = bar_starts(piece), GIVEN + bool(piece.pickup)
        if len(starts) > bar + BARS and (bars := first_bars(piece, GIVEN + BARS)).notes:
            yield bars, starts[bar]


def _soprano(piece: Piece) -> Piece:
    return replace(piece, voices=(max(piece.voices, key=lambda voice: voice.height),))


def _new(written: Written) -> Excerpt:
    return written.piece, Fraction(written.continues_at).limit_denominator(48)


def tell(what: str, excerpts: Iterable[Excerpt]) -> None:
    looked = list(excerpts)
    chords = [[_at(line, beat) for line in parts_of(piece)] for piece, at in looked for beat in _beats(piece, at)]
    silent = sum(not any(chord) for chord in chords)
    rubbing = sum(_rubs(chord) for chord in chords)
    found = [(at, *silence) for piece, at in looked for silence in _silences(piece, at)]
    stopping = sum(bool(_silences(piece, at)) for piece, at in looked)
    print(
        f"{what}: {len(looked)} pieces, {stopping / len(looked):.1%} with a silence; of {len(chords)} beats "
        f"{silent / len(chords):.2%} silent, {rubbing / len(chords):.2%} rubbing; of {len(found)} silences "
        f"{sum(onset == at for at, onset, _, _ in found)} at the very start, "
        f"{sum(beats > 1 for _, _, beats, _ in found)} longer than a beat, "
        f"{sum(not closed for _, _, _, closed in found)} not after a triad"
    )


def _beats(piece: Piece, start: Fraction) -> Iterator[Fraction]:
    beat = max(start, min(note.onset for note in piece.notes))
    while beat < max(note.end for note in piece.notes):
        yield beat
        beat += 1


def _at(line: tuple[PieceNote, ...], time: Fraction) -> int:
    return next((note.pitch for note in line if note.onset <= time < note.end), 0)


def _rubs(chord: list[int]) -> bool:
    return any(one and other and abs(one - other) == 1 for one, other in combinations(chord, 2))


def _silences(
    piece: Piece, start: Fraction = Fraction(0), end: Fraction | None = None
) -> list[tuple[Fraction, Fraction, bool]]:
    """Where no voice sounds between the first note and the last: onset, beats, whether it comes after a triad."""
    notes = piece.notes
    moments = sorted({time for note in notes for time in (note.onset, note.end)})
    found = []
    for onset, after in pairwise(moments):
        if start <= onset and (end is None or onset < end) and not any(n.onset <= onset < n.end for n in notes):
            classes = {note.pitch % 12 for note in notes if note.end == onset}
            triad = any({(each - root) % 12 for each in classes} in _TRIADS for root in classes)
            found.append((onset, after - onset, triad))
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 700)
