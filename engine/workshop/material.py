"""What a visitor brings to train on, as pieces of tokens, under limits; what cannot be used is said and left out.

chords   live numerals behind their mode, `<eos>` at the end: what Compose hears
tunes    ABC in the canonical tokens of engine.abc
notes    melodies in the tokens of engine.notewriter, behind their heading
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from engine.errors import EngineError
from engine.music import Key
from engine.songbook import merged
from engine.theory import find_key, numeral_of, read_progression
from engine.theory.tokens import looks_like_numeral
from engine.vocab import EOS, MODES
from engine.words import Sentence, say
from engine.workshop.line import WorkshopError

Kind = Literal["chords", "tunes", "notes"]
Piece = tuple[str, ...]

LONGEST_TEXT = 400_000  # characters: some hundred tunes or a thousand songs' chords
MOST_PIECES = 1_000
MOST_TOKENS = 150_000  # in all pieces: what a small network learns from within minutes on one core
LONGEST_PIECE = 2_000  # tokens; the rest of a longer one is left out
SHORTEST_PIECE = 4  # tokens
FEWEST_TOKENS = 60  # in all pieces: less teaches nothing
MOST_TOLD = 5  # pieces that could not be read are named up to this number
HELD_OUT = 0.15  # of the pieces, for checking
FEWEST_TO_HOLD_OUT = 5  # pieces; of fewer, the last part of each is held out instead


@dataclass(frozen=True, slots=True)
class Material:
    """Pieces of tokens to learn from, and what the visitor should know about their reading."""

    kind: Kind
    name: Sentence
    pieces: tuple[Piece, ...]
    told: tuple[Sentence, ...] = ()

    @property
    def tokens(self) -> int:
        return sum(len(piece) for piece in self.pieces)

    @property
    def kinds(self) -> int:
        """Different tokens."""
        return len({token for piece in self.pieces for token in piece})


def chord_material(text: str, name: Sentence | None = None) -> Material:
    """Songs in a text: one a line, or blocks with an empty line between them. Raises WorkshopError.

    Letters, Do Re Mi or numerals; the key of each is found from its chords, for the network learns numerals.

    >>> chord_material("\\n".join(["| Am | F | C | G | Am | Dm7 G7 | C |"] * 12)).pieces[0][:4]
    ('<major>', 'vim', 'IV', 'I')
    """
    check_length(text)
    pieces, told, refused = [], [], 0
    for number, song in enumerate(_songs(text)[:MOST_PIECES], start=1):
        try:
            pieces.append(_chords(song))
        except EngineError as error:
            refused += 1
            if refused <= MOST_TOLD:
                told.append(say("Song {number} was left out. {why}", number=number, why=error.sentence))
    return collected("chords", name or say("Your chords"), pieces, told)


def collected(kind: Kind, name: Sentence, pieces: Iterable[Sequence[str]], told: Iterable[Sentence] = ()) -> Material:
    """Pieces under the limits. Raises WorkshopError when too little is left to learn from."""
    words = list(told)
    kept = [tuple(piece[:LONGEST_PIECE]) for piece in pieces if len(piece) >= SHORTEST_PIECE]
    within = _within(kept)
    if len(within) < len(kept):
        words.append(
            say(
                "The first {kept} of {given} pieces are used; a training here has room for {limit} signs.",
                kept=len(within),
                given=len(kept),
                limit=MOST_TOKENS,
            )
        )
    material = Material(kind, name, tuple(within), tuple(words))
    if material.tokens < FEWEST_TOKENS:
        found = say(
            "Only {given} signs were found to learn from; {least} are the least, and thousands are better.",
            given=material.tokens,
            least=FEWEST_TOKENS,
        )
        raise WorkshopError(say("{found} {why}", found=found, why=words[0]) if words else found)
    return material


def check_length(text: str) -> None:
    """Raises WorkshopError for a text that is longer than any training here has room for."""
    if len(text) > LONGEST_TEXT:
        raise WorkshopError(
            say(
                "The text has {given} characters; a training here takes {limit}. Bring a part of it.",
                given=len(text),
                limit=LONGEST_TEXT,
            )
        )


def parted(pieces: Sequence[Piece], rng_seed: int) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """(to learn from, to check with). Of very few pieces the last part of each is held out.

    >>> learn, check = parted([tuple("abcdefghij")] * 20, 1)
    >>> len(learn), len(check)
    (17, 3)
    """
    if len(pieces) >= FEWEST_TO_HOLD_OUT:
        order = Random(rng_seed).sample(range(len(pieces)), len(pieces))
        held = max(1, round(HELD_OUT * len(pieces)))
        return tuple(pieces[i] for i in sorted(order[held:])), tuple(pieces[i] for i in sorted(order[:held]))
    cuts = [max(2, round((1 - HELD_OUT) * len(piece))) for piece in pieces]
    learn = tuple(piece[:cut] for piece, cut in zip(pieces, cuts, strict=True))
    ends = [(piece, cut) for piece, cut in zip(pieces, cuts, strict=True) if len(piece) > cut]
    return learn, tuple((*_heading(piece), *piece[cut - 1 :]) for piece, cut in ends)


def _heading(piece: Piece) -> Piece:
    """What stands before a melody and belongs to every part of it."""
    return piece[:1] if piece[0].startswith("head:") else ()


def _within(pieces: Sequence[Piece]) -> list[Piece]:
    """The first pieces, as many as there is room for."""
    kept, room = [], MOST_TOKENS
    for piece in pieces[:MOST_PIECES]:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return kept


def _songs(text: str) -> list[str]:
    """Blocks between empty lines where there are some; else every line."""
    blocks = [block for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()) if block.strip()]
    return blocks if len(blocks) > 1 else [line for line in text.splitlines() if line.strip()]


def _chords(song: str) -> Piece:
    """A song as the live model hears it: its mode, then its numerals, each run of one once."""
    key = _key_of(song)
    reading = read_progression(song, key)
    chords = [chord for chord in reading.chords if not chord.is_silent]
    if not chords and reading.problems:
        raise reading.problems[0]
    return (MODES[key.mode], *merged(numeral_of(chord, key) for chord in chords), EOS)


def _key_of(song: str) -> Key:
    """The key a song is in: of numerals only the mode is to be found, of letters both."""
    words = song.replace("|", " ").split()
    found = find_key(read_progression(song, Key("C")).chords)
    if not words or not looks_like_numeral(words[0]):
        return found.key
    belief = dict(found.ranking)
    minor = find_key(read_progression(song, Key("C", "minor")).chords)
    return Key("C", "minor") if dict(minor.ranking).get(Key("C", "minor"), 0) > belief.get(Key("C"), 0) else Key("C")
