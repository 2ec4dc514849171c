"""Why a chord may come next: one short true sentence, the strongest thing that can be said first."""

from __future__ import annotations

from collections.abc import Sequence

from engine.music import Chord, Key, pitch_class_of
from engine.theory.functions import function_of, name_for_display, target_of
from engine.theory.intervals import DOMINANT_QUALITIES, MINOR_QUALITIES, chord_tones
from engine.theory.keys import parallel, place_in, spell, usual
from engine.theory.symbols import write_chord
from engine.words import Sentence, say

_OPENINGS = {"tonic": 0, "subdominant": 1, "dominant": 2, "borrowed": 3, "other": 4}


def reason(previous: Sequence[Chord], chord: Chord, key: Key) -> Sentence:
    """One line on why `chord` may follow `previous` in `key`; on a good opening when nothing came before.

    >>> str(reason((Chord("G", "7"),), Chord("C"), Key("C")))
    'resolves home'
    """
    if chord.is_silent:
        return say("a breath")
    before = next((earlier for earlier in reversed(previous) if not earlier.is_silent), None)
    if before is None:
        return _opening(chord, key)
    for rule in (_same, _resolution, _turning, _dominant, _borrowed, _motion, _bass):
        sentence = rule(before, chord, key)
        if sentence:
            return sentence
    return _common(before, chord) or _colour(chord, key)


def _opening(chord: Chord, key: Key) -> Sentence:
    place = place_in(chord.pitch_class, key)
    if function_of(chord, key) == "tonic":
        return say("a common opening: home") if place == 0 else say("opens softly, near home")
    if place == 2 and chord.quality in MINOR_QUALITIES:
        return say("opens a ii–V towards {tonic}", tonic=key.tonic)
    if function_of(chord, key) == "borrowed":
        return say("opens with a borrowed colour")
    if function_of(chord, key) == "subdominant":
        return say("opens away from home")
    if target_of(chord, key) is not None:
        return say("opens with tension towards {target}", target=_target_note(chord, key))
    return say("an unusual opening")


def _same(before: Chord, chord: Chord, key: Key) -> Sentence | None:
    if before.pitch_class != chord.pitch_class:
        return None
    if before == chord:
        return say("stays where it is")
    if before.quality == chord.quality:
        return say("the same chord over another bass") if before.bass != chord.bass else say("the same chord, coloured")
    if chord.quality in DOMINANT_QUALITIES and target_of(chord, key) is not None:
        return say("adds tension towards {target}", target=_target_note(chord, key))
    if (before.quality in MINOR_QUALITIES) != (chord.quality in MINOR_QUALITIES):
        return say("same root, another light")
    return say("same root, another colour")


def _resolution(before: Chord, chord: Chord, key: Key) -> Sentence | None:
    """After a dominant: home, its own target, or a deceptive turn."""
    if function_of(before, key) != "dominant":
        return None
    fall = (before.pitch_class - chord.pitch_class) % 12
    home = place_in(chord.pitch_class, key) == 0
    if chord.quality in DOMINANT_QUALITIES and not home:
        return say("dominant to dominant: keeps pulling") if fall in (1, 7) else None
    if place_in(before.pitch_class, key) in (7, 11) and home:
        return say("resolves home")
    if fall == 1:
        return say("resolves a half step down, to {note}", note=chord.root)
    if fall == 7:
        return say("resolves {name}", name=name_for_display(before, key, chord)) if _is_seventh(before) else None
    if place_in(before.pitch_class, key) == 7 and place_in(chord.pitch_class, key) in (8, 9):
        return say("deceptive: not home yet")
    return None


def _is_seventh(chord: Chord) -> bool:
    return chord.quality in DOMINANT_QUALITIES


def _turning(before: Chord, chord: Chord, key: Key) -> Sentence | None:
    """ii–V, in the key or towards another degree."""
    related = before.quality in ("m", "m7", "m7b5") and chord.quality in ("", "7", "7sus")
    if not related or (before.pitch_class - chord.pitch_class) % 12 != 7:
        return None
    if place_in(chord.pitch_class, key) == 7:
        return say("ii–V: gets ready for {tonic}", tonic=key.tonic)
    if _is_seventh(chord):
        return say("a ii–V towards {note}", note=spell((chord.pitch_class + 5) % 12, key))
    return None


def _dominant(before: Chord, chord: Chord, key: Key) -> Sentence | None:
    if function_of(chord, key) != "dominant":
        return None
    if place_in(chord.pitch_class, key) == 7 and chord.quality not in MINOR_QUALITIES:
        return say("the dominant: wants to go to {tonic}", tonic=key.tonic)
    if place_in(chord.pitch_class, key) == 11 and chord.quality in ("dim", "dim7", "m7b5"):
        return say("the leading note pulls to {tonic}", tonic=key.tonic)
    if chord.quality == "dim7":
        return say("pulls a half step up, to {note}", note=spell((chord.pitch_class + 1) % 12, key))
    if _is_seventh(chord) and target_of(chord, key) is not None:
        return say("leads to {target} ({name})", target=_target_note(chord, key), name=name_for_display(chord, key))
    return None


def _target_note(chord: Chord, key: Key) -> str:
    return spell((key.pitch_class + (target_of(chord, key) or 0)) % 12, key)


def _borrowed(before: Chord, chord: Chord, key: Key) -> Sentence | None:
    if function_of(chord, key) != "borrowed":
        return None
    if place_in(chord.pitch_class, key) == 1:
        return say("the Neapolitan, a half step above home")
    other = parallel(key)
    name = say("{tonic} minor", tonic=other.tonic) if other.mode == "minor" else say("{tonic} major", tonic=other.tonic)
    return say("borrowed from {key}", key=name)


def _motion(before: Chord, chord: Chord, key: Key) -> Sentence | None:
    """Root motion with a name: home by the plagal way, a fourth up, the relative, a chromatic mediant."""
    rise = (chord.pitch_class - before.pitch_class) % 12
    home = place_in(chord.pitch_class, key) == 0 and function_of(chord, key) == "tonic"
    if home and rise == 7:
        return say("home the gentle way, from {chord}", chord=write_chord(before))
    if home:
        return say("comes home")
    if rise == 5:
        return say("up a fourth, the strongest step")
    return None


def _bass(before: Chord, chord: Chord, key: Key) -> Sentence | None:
    now, then = chord.bass or chord.root, before.bass or before.root
    step = (pitch_class_of(now) - pitch_class_of(then) + 6) % 12 - 6
    if -2 <= step < 0:
        return say("bass walks down to {note}", note=now)
    if 0 < step <= 2:
        return say("bass steps up to {note}", note=now)
    return None


def _common(before: Chord, chord: Chord) -> Sentence | None:
    held = {pitch_class_of(tone) for tone in chord_tones(before)}
    shared = [tone for tone in chord_tones(chord) if pitch_class_of(tone) in held]
    if not shared:
        return None
    return say("shares {notes} with {chord}", notes=", ".join(shared), chord=write_chord(before))


def _colour(chord: Chord, key: Key) -> Sentence:
    if function_of(chord, key) == "tonic":
        return say("near home, at rest")
    if function_of(chord, key) == "subdominant":
        return say("moves away from home")
    return say("a surprise: outside {key}", key=usual(key).tonic)
