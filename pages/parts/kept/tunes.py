"""The tune writer behind the page: writers in the background, at most two at once; texts and files, worked out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import BoundedSemaphore, Lock

from engine import compose, render, synth, voicing
from engine.abc import Checked, Sounded, Tune, bars_of, check, printed, shown, sounded
from engine.music import Audio, Progression, Score
from engine.recurrent import checkpoint
from engine.recurrent.checkpoint import TokenModel
from engine.recurrent.quantized import prepare
from engine.theory import write_chord
from engine.tunewriter import Piece, Ranked, Wish, Written, likeness, ranked, stream, strumming
from engine.tunewriter.chords import Accompaniment, chords_under, key_of_harmony
from engine.tunewriter.keys import asked, read_in
from engine.tunewriter.ranking import CLOSE
from engine.words import Sentence, say
from pages.parts.kept import chord_model, own
from pages.parts.kept import instruments as house_instruments
from pages.parts.kept.background import MOST_AT_ONCE, Background

MODEL = "tunes"
OPENING_BARS = 2
MOST_BARS = 200  # under which chords are sought; it takes a few milliseconds a bar

_loading = Lock()
_places = BoundedSemaphore(MOST_AT_ONCE)


def model() -> TokenModel:
    """The model that writes, read once: visitors who come first together wait for one reading."""
    with _loading:
        return _model()


def writer(mark: str) -> TokenModel:
    """The model of a visitor's own with that mark, else the house's."""
    return own.tune_model(mark) or model()


@lru_cache(maxsize=1)
def _model() -> TokenModel:
    return checkpoint.load(MODEL)


# --- writing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sight:
    """What stands so far: tokens of the tunes on their way by candidate, tunes that are over, and how it stands."""

    running: tuple[tuple[int, tuple[str, ...]], ...] = ()
    done: tuple[Ranked, ...] = ()
    waiting: bool = False  # for a place
    over: bool = False
    problem: Sentence | None = None


class Writing(Background):
    """Tunes on their way for one visitor: a thread writes, the page looks. It ends when nobody looks any more."""

    def __init__(self, wish: Wish, mark: str = "") -> None:
        super().__init__(_places, say("The tunes could not be written. Try again with other settings."))
        self.wish = wish
        self._mark = mark
        self.handed: set[int] = set()  # numbers of the tunes the page has taken; the page's own
        self._tokens: list[list[str]] = [[] for _ in range(wish.candidates)]
        self._done: dict[int, Ranked] = {}
        self.begin("tunes")

    def look(self) -> Sight:
        with self.lock:
            self.looked()
            running = tuple((n, tuple(some)) for n, some in enumerate(self._tokens) if n not in self._done)
            return Sight(running, tuple(self._done.values()), self.waiting, self.over, self.problem)

    def write(self) -> None:
        wish, key = asked(self.wish)
        for came in stream(writer(self._mark), wish, self.stopped):
            news = read_in(came, key)
            if isinstance(news, Written):
                (one,) = ranked([news], likeness.closest)
            with self.lock:
                if isinstance(news, Piece):
                    self._tokens[news.candidate].append(news.token)
                else:
                    self._done[news.candidate] = one

    def end(self, problem: Sentence | None = None) -> None:
        super().end(problem)
        prepare()  # once the first tunes are there: the next ones come quicker


def opening(wish: Wish, mark: str = "") -> Tune | None:
    """The first bars of a tune that is drawn for a wish; None when it does not begin as it should."""
    plain, key = asked(replace(wish, opening="", candidates=1, valid=True))
    tokens = _first_bars(read_in(came, key) for came in stream(writer(mark), plain))
    if [token[:2] for token in tokens[:3]] != ["R:", "M:", "K:"]:
        return None
    return Tune(tokens[0][2:], tokens[1][2:], tokens[2][2:], tuple(tokens[3:]))


def _first_bars(news: Iterator[Piece | Written]) -> list[str]:
    tokens: list[str] = []
    bars = 0
    for one in news:
        if not isinstance(one, Piece) or bars > OPENING_BARS:
            break
        tokens.append(one.token)
        bars += one.token in ("|", "||") and len(tokens) > 5
        if bars == OPENING_BARS:
            break
    return tokens


# --- texts and files ------------------------------------------------------------------------------------------------


# The longest text that the page takes is a megabyte once it is read: a desk full of tunes, whoever asks.
@lru_cache(maxsize=64)
def checked(text: str, like: Tune | None = None, whole: bool = True) -> Checked:
    return check(text, like, whole)


@lru_cache(maxsize=256)
def near(tune: Tune) -> tuple[str, str]:
    """Title and source of the known tune that this one is close to; empty for a new one."""
    title, source, share = likeness.closest(tune) or ("", "", 0.0)
    return (title, source) if share >= CLOSE else ("", "")


@lru_cache(maxsize=32)
def heard(tune: Tune, tempo_bpm: float, instrument: int) -> Sounded:
    return sounded(tune, tempo_bpm, instrument)


@lru_cache(maxsize=32)
def chords(tune: Tune) -> Accompaniment:
    """Chords under the tune, as the chord model and the notes suggest them; none under what is longer than a tune."""
    key = key_of_harmony(tune.key)
    if len(bars_of(tune)) > MOST_BARS:
        return Accompaniment(Progression(key), ())
    listener = compose.listen(chord_model(), key, colour="triads")
    return chords_under(tune, listener.expect)


@lru_cache(maxsize=32)
def strummed(tune: Tune) -> tuple[tuple[int, float, float], ...]:
    """Those chords for the left hand: (pitch, onset, duration) in beats."""
    under = chords(tune).progression
    rows = zip(under.onsets, under.slots, voicing.voice(under.chords), strict=True)
    return tuple((pitch, onset, slot.beats) for onset, slot, hands in rows for pitch in hands.pitches)


@dataclass(frozen=True, slots=True)
class Take:
    """A tune as it is played and written to files. `title` stands in where the tune has none of its own."""

    tune: Tune
    tempo_bpm: float = 0.0
    instrument: int = 0
    chords: bool = False
    title: str = ""


@lru_cache(maxsize=32)
def score(take: Take) -> Score:
    plain = heard(take.tune, take.tempo_bpm, take.instrument).score
    plain = replace(plain, title=plain.title or take.title)
    if not take.chords:
        return plain
    under = chords(take.tune).progression
    rows = zip(under.onsets, under.chords, strict=True)
    names = tuple((onset, write_chord(chord)) for onset, chord in rows if not chord.is_silent)
    return replace(plain, chord_names=names)


@lru_cache(maxsize=32)
def midi(take: Take) -> bytes:
    """As it is heard: with chords on, they are played under the tune on a track of their own."""
    plain = score(replace(take, chords=False))
    if not take.chords:
        return render.to_midi(plain)
    both = strumming.strummed(plain, chords(take.tune))
    return render.to_midi(replace(both, accompaniment=synth.accompanying(take.instrument)))


def instruments(chosen: int) -> dict[int, Sentence]:
    """What tunes are played on, with names; one that a link brought stands among them."""
    return house_instruments(chosen, synth.TUNE_INSTRUMENTS)


def abc(take: Take) -> str:
    """As it is read: with chords on, their symbols stand above the notes."""
    above = {token: write_chord(chord) for token, chord in chords(take.tune).marks} if take.chords else {}
    return shown(take.tune, title=take.title, above=above).text


@lru_cache(maxsize=16)
def musicxml(take: Take) -> bytes:
    """As it is printed: repeats as signs. With chords on, their symbols stand above the notes."""
    found = printed(take.tune, take.tempo_bpm, take.instrument)
    above = chords(take.tune).marks if take.chords else ()
    names = tuple((found.onsets[token], write_chord(chord)) for token, chord in above if token in found.onsets)
    return render.to_musicxml(replace(found.score, title=found.score.title or take.title, chord_names=names))


@lru_cache(maxsize=2)
def audio(take: Take) -> Audio:
    return synth.synthesize(midi(take))


@lru_cache(maxsize=2)
def wav(take: Take) -> bytes:
    return synth.to_wav(audio(take))


def mp3(take: Take) -> bytes:
    return synth.to_mp3(audio(take))
