"""Reading a whole progression: what a musician pastes, in letters, Latin names, Harte labels or numerals.

    bars | || and repeats |: :| x3 with endings |1. :|2. (or [1 [2), % for the bar (or chord) before, / for another
    beat of the same chord
    commas, dashes, arrows and new lines between chords; [Verse], "Chorus 2:" and a meter that is not the sheet's are
    skipped with a note; so are lines about the song ("Capo: 2"), but one that names its key is heeded (see `headers`)

What cannot be read becomes a problem and the rest stays; lyrics are told once (see `prose`). "Do7" is C7 alone or where
Latin names stand around it, and D°7 among letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.errors import ProgressionTooLong, TheoryError, UnreadableChord, UnreadableNumeral
from engine.music import Chord, Key, Slot
from engine.theory.chart import Chart
from engine.theory.headers import without_headers
from engine.theory.lines import lines_with_bars
from engine.theory.numerals import chord_of
from engine.theory.prose import lyrics
from engine.theory.remarks import without_remarks
from engine.theory.scripts import natural_degrees, notations
from engine.theory.symbols import is_chord, read_chord_as, unreadable, write_chord
from engine.theory.tokens import Token, ending_numbers, looks_like_numeral, tokenize
from engine.theory.told import pairs, remarks, repeats, richer, skipped
from engine.words import Sentence, say

MAX_TEXT = 20_000  # characters: a long song with its words
MAX_PROBLEMS = 20  # after these, more of the same helps nobody

_BARE_ROOT = re.compile(r"(?:[A-G]|do|re|mi|fa|sol|la|si)[#b♯♭]?$", re.IGNORECASE)
_LONE_QUALITY = re.compile(r"(?:m|min|minor|menor|maj|major|mayor|m7|7|maj7|sus4?|dim7?|aug|m7b5)$")
_BRACKETED_CHORD = re.compile(r"\[[A-G][#b♯♭]?(?:m|[0-9]|maj|dim|sus|/)|\[[A-G][#b♯♭]\]|\[[A-G]\]\w")
_NATURAL_DEGREE = re.compile(r"(III|VII|VI)(?![IViv])")


@dataclass(frozen=True, slots=True)
class ProgressionReading:
    """What was read: slots in order, what was refused (the rest stays), and what the musician should know.

    `key` is the one that the text itself names ("Key: D"), if it does.
    """

    slots: tuple[Slot, ...]
    problems: tuple[TheoryError, ...] = ()
    notes: tuple[Sentence, ...] = ()
    key: Key | None = None

    @property
    def chords(self) -> tuple[Chord, ...]:
        return tuple(slot.chord for slot in self.slots)


def read_progression(text: str, key: Key, beats_per_bar: float = 4, default_beats: float = 4.0) -> ProgressionReading:
    """The progression in a text. Chords share `beats_per_bar` in bars; in lines without, each has `default_beats`.

    Numerals are read in the key that the text names, and where it names none in `key`.

    Raises ProgressionTooLong for more than MAX_TEXT characters or MAX_CHORDS chords, and nothing else.

    >>> [slot.beats for slot in read_progression("| C | Am F | % |", Key("C")).slots]
    [4.0, 2.0, 2.0, 2.0, 2.0]
    """
    if len(text) > MAX_TEXT:
        raise ProgressionTooLong(
            say("That text has more than {most} characters. Paste the chords of one song.", most=MAX_TEXT)
        )
    headers = without_headers(text)
    asides = without_remarks(headers.text)
    tokens = list(tokenize(asides.text))
    chart = Chart(lines_with_bars(tokens), beats_per_bar, default_beats)
    reader = _Reader(tokens, headers.key or key, chart, _has_chords_in_brackets(asides.text))
    for token in tokens:
        reader.take(token)
    reader.tell_asides((*headers.lines, *asides.remarks), asides.repeats)
    return replace(reader.finish(), key=headers.key)


class _Reader:
    """One reading in progress."""

    def __init__(self, tokens: Sequence[Token], key: Key, chart: Chart, chords_in_brackets: bool) -> None:
        words = [token.text for token in tokens if token.kind == "word"]
        self._key = key
        self._notations = notations(words)
        self._natural_degrees = natural_degrees(words, key)
        self._chart = chart
        self._chords_in_brackets = chords_in_brackets
        self._problems: list[TheoryError] = []
        self._unlisted = 0
        self._notes: dict[Sentence, None] = {}
        self._lower_case: dict[str, str] = {}
        self._richer: dict[str, str] = {}
        self._unplayed: dict[str, None] = {}
        prose = lyrics(tokens, self._may_be_chord, chords_in_brackets)
        self._has_chords = prose.has_chords
        self._lyrics = prose.lines | prose.among_chords
        self._tell_lyrics([token.text for token in tokens if token.position in prose.lines], prose.has_chords)
        self._tell_lyrics([token.text for token in tokens if token.position in prose.among_chords], False)
        self._pending: Token | None = None  # a bare root that a quality may follow after a space: "Do m"
        self._actions: dict[str, Callable[[], None]] = {
            "newline": self._chart.end_line,
            "open": self._chart.open_repeat,
            "close": self._chart.close_repeat,
            "bar": self._chart.end_bar,
            "double": self._chart.double_bar,
            "hold": self._chart.hold,
        }
        self._takers: dict[str, Callable[[Token], None]] = {
            "heading": lambda token: self._note_heading(token.text),
            "label": self._take_label,
            "percent": lambda token: self._check(self._chart.percent(), token),
            "times": self._take_times,
            "ending": self._take_ending,
            "meter": lambda token: self._note_meter(token.text),
        }

    def take(self, token: Token) -> None:
        if token.kind == "word":
            if token.position not in self._lyrics:
                self._take_word(token)
            return
        self._settle()
        if token.kind in self._takers:
            self._takers[token.kind](token)
        else:
            self._actions[token.kind]()

    def tell_asides(self, remarked: Sequence[str], repeated: Sequence[str]) -> None:
        if remarked:
            self._notes[remarks(remarked)] = None
        self._unplayed |= dict.fromkeys(repeated)

    def finish(self) -> ProgressionReading:
        self._settle()
        self._chart.end_bar()
        if self._unplayed:
            self._notes[repeats(tuple(self._unplayed))] = None
        if self._lower_case:
            self._notes[say("Small letters are read as chords: {pairs}.", pairs=pairs(self._lower_case))] = None
        if self._richer:
            self._notes[richer(self._richer)] = None
        if self._unlisted:
            self._notes[say("{count} more words could not be read as chords.", count=self._unlisted)] = None
        return ProgressionReading(tuple(self._chart.slots), tuple(self._problems), tuple(self._notes))

    def _take_word(self, token: Token) -> None:
        if self._pending and _LONE_QUALITY.match(token.text):
            joined = Token("word", self._pending.text + token.text, self._pending.position)
            self._pending = None
            self._read(joined)
            return
        self._settle()
        if _BARE_ROOT.match(token.text):
            self._pending = token
        else:
            self._read(token)

    def _settle(self) -> None:
        if self._pending:
            pending, self._pending = self._pending, None
            self._read(pending)

    def _read(self, token: Token) -> None:
        try:
            chord = self._chord(token)
        except TheoryError as problem:
            self._refuse(problem)
            return
        self._chart.chord(chord)
        self._note_spelling(token.text, chord)
        self._note_richness(chord)

    def _chord(self, token: Token) -> Chord:
        if looks_like_numeral(token.text):
            return self._numeral(token)
        try:
            return read_chord_as(token.text, self._notations)
        except UnreadableChord as refusal:
            if len(self._problems) >= MAX_PROBLEMS:
                raise
            raise unreadable(token.text, refusal.position, token.position) from None

    def _numeral(self, token: Token) -> Chord:
        try:
            return chord_of(self._as_live(token.text), self._key)
        except UnreadableNumeral as refusal:
            raise UnreadableNumeral(
                say("Character {position}: {reason}", position=token.position + 1, reason=refusal.sentence)
            ) from None

    def _as_live(self, numeral: str) -> str:
        """Live numerals for III, VI and VII that a text in minor, without bIII and bVI, counts on the natural scale."""
        degree, slash, target = numeral.partition("/")
        if self._is_natural(degree):
            degree = "b" + degree
        if slash and self._is_natural(target.upper()):
            target = "b" + target
        return degree + slash + target

    def _is_natural(self, degree: str) -> bool:
        found = _NATURAL_DEGREE.match(degree)
        if not found or found[1] not in self._natural_degrees:
            return False
        note = say(
            "III, VI and VII are read on the natural minor scale. For those of the major scale write natIII, natVI."
        )
        self._notes[note] = None
        return True

    def _take_label(self, token: Token) -> None:
        """The name of a section, or a chord over words ("[Am]")."""
        text = token.text.strip()
        if self._chords_in_brackets and self._is_chord(text):
            self._read(Token("word", text, token.position))
        else:
            self._note_heading(text)

    def _note_heading(self, text: str) -> None:
        self._notes[say("Skipped the heading \u201c{label}\u201d.", label=" ".join(text.split()))] = None

    def _take_times(self, token: Token) -> None:
        """The line, or the part between repeat signs, again; a sign with no chord before it on its line is told."""
        if not self._chart.times(int(token.text[1:])):
            if self._has_chords:
                self._unplayed[token.text] = None
            else:
                self._check(False, token)

    def _take_ending(self, token: Token) -> None:
        """An ending, or where no repeat has one: "1." numbers a line, and a bare number is a word."""
        if not self._chart.ending(ending_numbers(token.text)) and token.text.isdigit():
            self._take_word(token)

    def _note_meter(self, meter: str) -> None:
        """A meter decides nothing here; one that differs from the sheet's is told, for its bars are read as longer."""
        count, unit = map(int, meter.split("/"))
        beats = self._chart.beats_per_bar
        if beats not in (count, 4 * count / unit):
            note = say("The meter {meter} is skipped: bars here have {beats} beats.", meter=meter, beats=f"{beats:g}")
            self._notes[note] = None

    def _may_be_chord(self, word: str) -> bool:
        """Whether a word reads as a chord, or as the quality of a root before it; cheap, for long texts."""
        if looks_like_numeral(word):
            return self._is_chord(word)
        return is_chord(word, self._notations) or bool(_LONE_QUALITY.match(word))

    def _tell_lyrics(self, words: Sequence[str], is_song: bool) -> None:
        """Lines of words belong to a song with chords; elsewhere they may be meant as chords."""
        if words and is_song:
            self._notes[skipped(words)] = None
        elif words:
            self._problems.append(TheoryError(skipped(words)))

    def _is_chord(self, text: str) -> bool:
        try:
            self._chord(Token("word", text, 0))
        except TheoryError:
            return False
        return True

    def _check(self, done: bool, token: Token) -> None:
        if not done:
            self._refuse(
                TheoryError(
                    say(
                        "\u201c{sign}\u201d (character {position}) repeats what came before, and nothing did.",
                        sign=token.text,
                        position=token.position + 1,
                    )
                )
            )

    def _refuse(self, problem: TheoryError) -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)
        else:
            self._unlisted += 1

    def _note_spelling(self, text: str, chord: Chord) -> None:
        if text[0].islower() and not looks_like_numeral(text) and not chord.is_silent:
            self._lower_case[text] = write_chord(chord)

    def _note_richness(self, chord: Chord) -> None:
        read_as = replace(chord, tensions=(), bass="")
        if read_as != chord:
            self._richer[write_chord(chord)] = write_chord(read_as)


def _has_chords_in_brackets(text: str) -> bool:
    """Whether brackets hold chords, as over words: "[Am]" does; "[A]" does only when a word touches it."""
    return bool(_BRACKETED_CHORD.search(text))
