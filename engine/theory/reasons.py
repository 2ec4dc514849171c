"""Why a chord may come next: one short true sentence, the strongest thing that can be said first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from engine.music import Chord, Function, Key, pitch_class_of
from engine.theory.functions import blues_degree, is_blues, name_for_display, target_of
from engine.theory.intervals import (
    DIMINISHED_QUALITIES,
    DOMINANT_QUALITIES,
    MINOR_QUALITIES,
    chord_tones,
    pitch_classes,
)
from engine.theory.keys import parallel, scale
from engine.theory.names import Notation, write_note
from engine.theory.steps import Step
from engine.words import Sentence, say

_MAJOR_THIRDS = frozenset({"", "7", "maj7", "6", "aug"})
_RESTFUL = frozenset({"", "m", "maj7", "m7", "6", "m6", "mM7", "5"})  # a tonic that music can rest on


def reason(
    previous: Sequence[Chord], chord: Chord, key: Key, notation: Notation = "letters", blues: bool | None = None
) -> Sentence:
    """One line on why `chord` may follow `previous` in `key`; on a good opening when nothing came before.

    `blues` is whether the whole song is one; None looks for it in these chords.

    >>> str(reason((Chord("G", "7"),), Chord("C"), Key("C")))
    'resolves home'
    """
    before = next((earlier for earlier in reversed(previous) if not earlier.is_silent), None)
    return _reason(before, chord, key, notation, is_blues((*previous, chord), key) if blues is None else blues)


@lru_cache(maxsize=8192)
def _reason(before: Chord | None, chord: Chord, key: Key, notation: Notation, blues: bool) -> Sentence:
    if chord.is_silent:
        return say("a breath")
    if before is None:
        return _opening(Step(chord, chord, key, notation, blues))
    step = Step(before, chord, key, notation, blues)
    return next(sentence for rule in _RULES if (sentence := rule(step)))


def _opening(step: Step) -> Sentence:
    if step.place == 2 and step.chord.quality in ("m", "m7", "m7b5"):
        return say("opens a ii–V towards {tonic}", tonic=step.tonic)
    if step.function == "dominant" and step.target:
        return say("opens with tension towards {target}", target=step.target)
    return _OPENINGS[step.function](step)


_OPENINGS: dict[Function, Callable[[Step], Sentence]] = {
    "tonic": lambda step: say("a common opening: home") if step.place == 0 else say("opens softly, near home"),
    "subdominant": lambda step: say("opens away from home"),
    "dominant": lambda step: say("opens with tension"),
    "borrowed": lambda step: say("opens with a borrowed colour"),
    "other": lambda step: say("an unusual opening"),
}


def _repeated(step: Step) -> Sentence | None:
    """The same chord, by its sound: a name the key spells otherwise (G# in C) is no other bass."""
    if step.fall or step.chord.quality != step.before.quality:
        return None
    if _bass_of(step.before) != _bass_of(step.chord):
        return say("the same chord over another bass")
    if step.chord.tensions == step.before.tensions:
        return say("stays where it is")
    return say("the same chord, coloured")


def _bass_of(chord: Chord) -> int:
    return pitch_class_of(chord.bass or chord.root)


def _recoloured(step: Step) -> Sentence | None:
    """The same root with another quality."""
    if step.fall:
        return None
    if step.chord.quality in DOMINANT_QUALITIES and step.target:
        return say("adds tension towards {target}", target=step.target)
    if step.chord.quality in MINOR_QUALITIES and step.before.quality not in MINOR_QUALITIES:
        diminished = step.chord.quality in DIMINISHED_QUALITIES
        return say("same root, now diminished") if diminished else say("same root, now minor")
    if step.before.quality in MINOR_QUALITIES and step.chord.quality in _MAJOR_THIRDS:
        return say("same root, now major")
    return say("same root, another colour")


def _blues(step: Step) -> Sentence | None:
    """I7 and IV7 in a blues: the seventh is a colour there, and does not pull."""
    degree = blues_degree(step.chord, step.key) if step.blues else None
    if degree == 0:
        return say("home, with the blues seventh")
    if degree == 5 and step.place_before == 0:
        return say("to the blues subdominant")
    return None


def _chain(step: Step) -> Sentence | None:
    both = step.before.quality in DOMINANT_QUALITIES and step.chord.quality in DOMINANT_QUALITIES
    if both and step.fall in (1, 7) and step.place:
        return say("dominant to dominant: keeps pulling")
    return None


def _home(step: Step) -> Sentence | None:
    """From V, from the tritone substitute or from the leading note to the tonic: home, at rest or not yet."""
    if step.place or not _points_home(step):
        return None
    if step.chord.quality == "7":
        return say("home, already leaning towards {target}", target=step.target)
    if step.chord.quality in ("sus", "7sus"):
        return say("home, not yet at rest")
    return say("resolves home") if step.chord.quality in _RESTFUL else None


def _points_home(step: Step) -> bool:
    """Whether the chord before is a dominant of the tonic; Gdim7 in C is none, it pulls up to Ab."""
    if not step.after_dominant:
        return False
    diminished = step.before.quality in DIMINISHED_QUALITIES
    pulls = {7: not diminished, 1: step.before.quality == "7", 11: diminished}
    return pulls.get(step.place_before, False)


def _release(step: Step) -> Sentence | None:
    """A dominant seventh reaches its target: a fifth or a half step down."""
    if step.before.quality not in DOMINANT_QUALITIES or step.fall not in (1, 7):
        return None
    if step.blues and blues_degree(step.before, step.key) is not None:
        return None
    return say("{name} resolves to {chord}", name=_name(step), chord=step.symbol(step.chord))


def _name(step: Step) -> str:
    return name_for_display(step.before, step.key, step.chord, step.blues)


def _deceptive(step: Step) -> Sentence | None:
    relative = 9 if step.key.mode == "major" else 8
    from_fifth = step.place_before == 7 and _points_home(step)
    if from_fifth and step.place == relative and step.function != "dominant":
        return say("deceptive: not home yet")
    return None


def _turning(step: Step) -> Sentence | None:
    """ii–V, in the key or towards another degree."""
    if step.before.quality not in ("m", "m7", "m7b5") or step.fall != 7:
        return None
    if step.place == 7 and step.chord.quality in ("", "7", "7sus"):
        return say("ii–V: gets ready for {tonic}", tonic=step.tonic)
    if step.chord.quality in DOMINANT_QUALITIES:
        return say("a ii–V towards {note}", note=step.goal(step.place + 5, step.before.quality == "m7b5"))
    return None


def _dominant(step: Step) -> Sentence | None:
    if step.function != "dominant":
        return None
    if step.place == 7 and step.chord.quality not in MINOR_QUALITIES:
        return say("the dominant: wants to go to {tonic}", tonic=step.tonic)
    if step.place == 11 and step.chord.quality in DIMINISHED_QUALITIES:
        return say("the leading note pulls to {tonic}", tonic=step.tonic)
    if step.chord.quality == "dim7":
        return say("pulls a half step up, to {note}", note=step.goal(step.place + 1))
    return _secondary(step)


def _secondary(step: Step) -> Sentence | None:
    """A dominant of another degree; a triad is one when it brings a note from outside the key."""
    if step.chord.quality == "" and not pitch_classes(step.chord) <= _notes_of(step.key):
        return _applied_triad(step)
    if step.chord.quality in DOMINANT_QUALITIES and step.target:
        return say("leads to {target} ({name})", target=step.target, name=name_for_display(step.chord, step.key))
    return None


def _applied_triad(step: Step) -> Sentence | None:
    """ "V/ii": a triad a fifth above the degree that its seventh usually leads to."""
    seventh = Chord(step.chord.root, "7")
    target = target_of(seventh, step.key)
    if target is None or (step.place - target) % 12 != 7:
        return None
    name = name_for_display(seventh, step.key).replace("V7", "V", 1)
    return say("leads to {target} ({name})", target=step.goal(target), name=name)


def _borrowed(step: Step) -> Sentence | None:
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


def _returning(step: Step) -> Sentence | None:
    if step.place or step.function != "tonic" or step.chord.quality == "aug":
        return None
    if step.fall != 5 or step.after_dominant:
        return say("comes home")
    before, after = (name_for_display(chord, step.key, blues=step.blues) for chord in (step.before, step.chord))
    return say("plagal: {before} to {after}", before=before, after=after)


def _fourth(step: Step) -> Sentence | None:
    return say("up a fourth, the strongest step") if step.fall == 7 else None


def _bass(step: Step) -> Sentence | None:
    now, then = step.chord.bass or step.chord.root, step.before.bass or step.before.root
    interval = (pitch_class_of(now) - pitch_class_of(then) + 6) % 12 - 6
    note = write_note(now, step.notation)
    if interval in (-1, -2):
        return say("bass walks down to {note}", note=note)
    if interval in (1, 2):
        return say("bass steps up to {note}", note=note)
    return None


def _common(step: Step) -> Sentence | None:
    """Notes that stay, named as the chord before spells them."""
    kept = {pitch_class_of(tone) for tone in chord_tones(step.chord)}
    shared = [write_note(tone, step.notation) for tone in chord_tones(step.before) if pitch_class_of(tone) in kept]
    if not shared:
        return None
    if shared == [step.symbol(step.before)]:
        return say("shares the note {note}", note=shared[0])
    return say("shares {notes} with {chord}", notes=", ".join(shared[:3]), chord=step.symbol(step.before))


def _family(step: Step) -> Sentence:
    if step.function == "tonic":
        return say("near home, at rest")
    if step.function == "subdominant":
        return say("moves away from home")
    return say("a surprise in {key}", key=_key_name(step.key, step.notation))


_RULES: tuple[Callable[[Step], Sentence | None], ...] = (
    _repeated,
    _blues,
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
