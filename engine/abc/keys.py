"""Keys that tunes are written in: all that have a signature, named as Tune names them ("Dmaj", "F#min", "Bbmix")."""

from __future__ import annotations

from engine.abc.tokens import LETTERS, MODES, UnreadableTune, fifths
from engine.music import pitch_class_of


def has_signature(key: str) -> bool:
    """Whether seven sharps or flats are enough for it."""
    try:
        fifths(key)
    except UnreadableTune:
        return False
    return True


SIGNED = tuple(
    key for mode in MODES for letter in LETTERS for sign in ("", "#", "b") if has_signature(key := letter + sign + mode)
)


def tonics(mode: str, held: str = "") -> list[str]:
    """The tonics to choose from in a mode, in the order of the keyboard: of those that sound the same the ones with
    the shortest signature, and the one that is `held` already, whatever brought it."""
    known = [key.removesuffix(mode) for key in SIGNED if key.endswith(mode)]
    usual = [
        tonic
        for tonic in known
        if tonic == held or _signs(tonic, mode) == min(_signs(each, mode) for each in _same(tonic, known))
    ]
    return sorted(usual, key=lambda tonic: (pitch_class_of(tonic), tonic))


def _same(tonic: str, known: list[str]) -> list[str]:
    return [other for other in known if pitch_class_of(other) == pitch_class_of(tonic)]


def _signs(tonic: str, mode: str) -> int:
    return abs(fifths(tonic + mode))


def in_mode(tonic: str, mode: str) -> str:
    """The key on that tonic, or on the one that sounds the same where its signature would be too long.

    >>> in_mode("B", "maj"), in_mode("Gb", "min")
    ('Bmaj', 'F#min')
    """
    return (tonic if tonic + mode in SIGNED else _same(tonic, tonics(mode))[0]) + mode
