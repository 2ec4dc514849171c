"""Why a chord may come next: one short true sentence, the strongest thing that can be said first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.music import Chord, Function, Key, pitch_class_of
from engine.theory.functions import function_of, name_for_display, target_of
from engine.theory.intervals import DOMINANT_QUALITIES, MINOR_QUALITIES, chord_tones, pitch_classes
from engine.theory.keys import parallel, place_in, scale, spell
from engine.theory.names import Notation, write_note
from engine.theory.symbols import write_chord
from engine.words import Sentence, say


@dataclass(frozen=True, slots=True)
class _Step:
    """From one chord to the next, in a key; names come out in the reader's notation."""

    before: Chord
    chord: Chord
    key: Key
    notation: Notation

    @property
    def place(self) -> int:
        return place_in(self.chord.pitch_class, self.key)

    @property
    def place_before(self) -> int:
        return place_in(self.before.pitch_class, self.key)

    @property
    def fall(self) -> int:
        """Semitones the root falls, 0 to 11: 7 is a fifth down, which is a fourth up."""
        return (self.before.pitch_class - self.chord.pitch_class) % 12

    @property
    def function(self) -> Function:
        return function_of(self.chord, self.key)

    @property
    def after_dominant(self) -> bool:
        return function_of(self.before, self.key) == "dominant"

    @property
    def tonic(self) -> str:
        return write_note(self.key.tonic, self.notation)

    @property
    def target(self) -> str:
        """The note a dominant seventh usually leads to, or nothing."""
        place = target_of(self.chord, self.key)
        return "" if place is None else self.note(self.key.pitch_class + place)

    def note(self, pitch_class: int) -> str:
        return write_note(spell(pitch_class % 12, self.key), self.notation)

    def symbol(self, chord: Chord) -> str:
        return write_chord(chord, self.notation)


def reason(previous: Sequence[Chord], chord: Chord, key: Key, notation: Notation = "letters") -> Sentence:
    """One line on why `chord` may follow `previous` in `key`; on a good opening when nothing came before.

    >>> str(reason((Chord("G", "7"),), Chord("C"), Key("C")))
    'resolves home'
    """
    before = next((earlier for earlier in reversed(previous) if not earlier.is_silent), None)
    return _reason(before, chord, key, notation)


@lru_cache(maxsize=8192)
def _reason(before: Chord | None, chord: Chord, key: Key, notation: Notation) -> Sentence:
    if chord.is_silent:
        return say("a breath")
    if before is None:
        return _opening(_Step(chord, chord, key, notation))
    step = _Step(before, chord, key, notation)
    return next(sentence for rule in _RULES if (sentence := rule(step)))


def _opening(step: _Step) -> Sentence:
    if step.place == 2 and step.chord.quality in ("m", "m7", "m7b5"):
        return say("opens a ii–V towards {tonic}", tonic=step.tonic)
    if step.function == "dominant" and step.target:
        return say("opens with tension towards {target}", target=step.target)
    return _OPENINGS[step.function](step)


_OPENINGS: dict[Function, Callable[[_Step], Sentence]] = {
    "tonic": lambda step: say("a common opening: home") if step.place == 0 else say("opens softly, near home"),
    "subdominant": lambda step: say("opens away from home"),
    "dominant": lambda step: say("opens with tension"),
    "borrowed": lambda step: say("opens with a borrowed colour"),
    "other": lambda step: say("an unusual opening"),
}


def _repeated(step: _Step) -> Sentence | None:
    if step.chord == step.before:
        return say("stays where it is")
    if step.fall == 0 and step.chord.quality == step.before.quality:
        return say("the same chord over another bass") if _other_bass(step) else say("the same chord, coloured")
    return None


def _other_bass(step: _Step) -> bool:
    return (step.before.bass or step.before.root) != (step.chord.bass or step.chord.root)


def _recoloured(step: _Step) -> Sentence | None:
    """The same root with another quality."""
    if step.fall:
        return None
    if step.chord.quality in DOMINANT_QUALITIES and step.target:
        return say("adds tension towards {target}", target=step.target)
    if (step.before.quality in MINOR_QUALITIES) != (step.chord.quality in MINOR_QUALITIES):
        return say("same root, another light")
    return say("same root, another colour")


def _chain(step: _Step) -> Sentence | None:
    both = step.before.quality in DOMINANT_QUALITIES and step.chord.quality in DOMINANT_QUALITIES
    if both and step.fall in (1, 7) and step.place:
        return say("dominant to dominant: keeps pulling")
    return None


def _home(step: _Step) -> Sentence | None:
    if step.after_dominant and step.place_before in (1, 7, 11) and step.place == 0:
        return say("resolves home")
    return None


def _release(step: _Step) -> Sentence | None:
    """A dominant seventh reaches its target: a fifth or a half step down."""
    if step.before.quality not in DOMINANT_QUALITIES or step.fall not in (1, 7):
        return None
    return say("{name} resolves to {chord}", name=_name(step), chord=step.symbol(step.chord))


def _name(step: _Step) -> str:
    return name_for_display(step.before, step.key, step.chord)


def _deceptive(step: _Step) -> Sentence | None:
    relatives = (9,) if step.key.mode == "major" else (8,)
    if step.after_dominant and step.place_before == 7 and step.place in relatives and step.function != "dominant":
        return say("deceptive: not home yet")
    return None


def _turning(step: _Step) -> Sentence | None:
    """ii–V, in the key or towards another degree."""
    if step.before.quality not in ("m", "m7", "m7b5") or step.fall != 7:
        return None
    if step.place == 7 and step.chord.quality in ("", "7", "7sus"):
        return say("ii–V: gets ready for {tonic}", tonic=step.tonic)
    if step.chord.quality in DOMINANT_QUALITIES:
        return say("a ii–V towards {note}", note=step.note(step.chord.pitch_class + 5))
    return None


def _dominant(step: _Step) -> Sentence | None:
    if step.function != "dominant":
        return None
    if step.place == 7 and step.chord.quality not in MINOR_QUALITIES:
        return say("the dominant: wants to go to {tonic}", tonic=step.tonic)
    if step.place == 11 and step.chord.quality in ("dim", "dim7", "m7b5"):
        return say("the leading note pulls to {tonic}", tonic=step.tonic)
    if step.chord.quality == "dim7":
        return say("pulls a half step up, to {note}", note=step.note(step.chord.pitch_class + 1))
    return _secondary(step)


def _secondary(step: _Step) -> Sentence | None:
    if step.chord.quality in DOMINANT_QUALITIES and step.target:
        return say("leads to {target} ({name})", target=step.target, name=name_for_display(step.chord, step.key))
    return None


def _borrowed(step: _Step) -> Sentence | None:
    if step.function != "borrowed":
        return None
    if step.place == 1:
        return say("the Neapolitan, a half step above home")
    other = parallel(step.key)
    if not pitch_classes(step.chord) <= _notes_of(other):
        return say("a colour from outside {key}", key=_key_name(step.key, step.notation))
    return say("borrowed from {key}", key=_key_name(other, step.notation))


@lru_cache(maxsize=64)
def _notes_of(key: Key) -> frozenset[int]:
    """The notes of a key; minor has its leading note too."""
    return frozenset(pitch_class_of(name) for name in scale(key)) | {(key.pitch_class + 11) % 12}


def _key_name(key: Key, notation: Notation) -> Sentence:
    tonic = write_note(key.tonic, notation)
    return say("{tonic} minor", tonic=tonic) if key.mode == "minor" else say("{tonic} major", tonic=tonic)


def _returning(step: _Step) -> Sentence | None:
    if step.place or step.function != "tonic":
        return None
    if step.fall == 5:
        return say("home the gentle way, from {chord}", chord=step.symbol(step.before))
    return say("comes home")


def _fourth(step: _Step) -> Sentence | None:
    return say("up a fourth, the strongest step") if step.fall == 7 else None


def _bass(step: _Step) -> Sentence | None:
    now, then = step.chord.bass or step.chord.root, step.before.bass or step.before.root
    interval = (pitch_class_of(now) - pitch_class_of(then) + 6) % 12 - 6
    note = write_note(now, step.notation)
    if interval in (-1, -2):
        return say("bass walks down to {note}", note=note)
    if interval in (1, 2):
        return say("bass steps up to {note}", note=note)
    return None


def _common(step: _Step) -> Sentence | None:
    held = {pitch_class_of(tone) for tone in chord_tones(step.before)}
    shared = [write_note(tone, step.notation) for tone in chord_tones(step.chord) if pitch_class_of(tone) in held]
    if not shared:
        return None
    return say("shares {notes} with {chord}", notes=", ".join(shared[:3]), chord=step.symbol(step.before))


def _family(step: _Step) -> Sentence:
    if step.function == "tonic":
        return say("near home, at rest")
    if step.function == "subdominant":
        return say("moves away from home")
    return say("a surprise in {key}", key=_key_name(step.key, step.notation))


_RULES: tuple[Callable[[_Step], Sentence | None], ...] = (
    _repeated,
    _recoloured,
    _chain,
    _home,
    _release,
    _deceptive,
    _turning,
    _dominant,
    _borrowed,
    _returning,
    _fourth,
    _bass,
    _common,
    _family,
)
