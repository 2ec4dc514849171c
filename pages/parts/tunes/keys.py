"""Keys that tunes are written in: all that have a signature.

The model has words for keys of up to four sharps or flats, and writes every tune counted from its tonic. So a tune in
another key is asked of it in the key on the same letter a semitone away, B flat for B, and read back in its own: every
note keeps its place on the staff.
"""

from __future__ import annotations

from dataclasses import replace

from engine.abc import KEYS, MODES, Tune, UnreadableTune, check, from_model, shown, to_model
from engine.abc.tokens import LETTERS, fifths, from_tonic, to_tonic
from engine.music import pitch_class_of
from engine.tunewriter import Piece, Wish, Written
from pages.parts.tunes.table import music_of


def _has_signature(key: str) -> bool:
    try:
        fifths(key)
    except UnreadableTune:
        return False
    return True


SIGNED = tuple(
    key
    for mode in MODES
    for letter in LETTERS
    for sign in ("", "#", "b")
    if _has_signature(key := letter + sign + mode)
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


def beside(key: str) -> str:
    """The key that the model is asked for: this one where it has a word for it.

    >>> beside("Bmaj"), beside("Gbmaj"), beside("Bmin"), beside("")
    ('Bbmaj', 'Gmaj', 'Bmin', '')
    """
    if not key or key in KEYS:
        return key
    return next(f"{key[0]}{sign}{key[-3:]}" for sign in ("", "#", "b") if f"{key[0]}{sign}{key[-3:]}" in KEYS)


def asked(wish: Wish) -> tuple[Wish, str]:
    """The wish as the model can be asked for it, and the key that its tunes are to be read in."""
    tune = _opening(wish)
    key = tune.key if tune else wish.key
    if wish.key == beside(wish.key) and key == beside(key):
        return wish, key
    if tune is None or key == beside(key):
        return replace(wish, key=beside(key)), key
    rhythm = wish.rhythm if tune.rhythm == "other" else tune.rhythm
    opening = music_of(shown(in_key(tune, beside(key))).text)
    return replace(wish, key=beside(key), rhythm=rhythm, meter=tune.meter, opening=opening), key


def _opening(wish: Wish) -> Tune | None:
    """The first notes that are wished for, in the key that they are in; None without any that can be read."""
    like = Tune(wish.rhythm or "other", wish.meter or "4/4", wish.key or "Cmaj", ())
    read = check(wish.opening, like, whole=False) if wish.opening.strip() else None
    return read.tunes[0] if read and read.is_good and read.tunes else None


def in_key(tune: Tune, key: str) -> Tune:
    """The tune on the tonic of another key."""
    rhythm, meter, _, *body = to_model(tune)
    return from_model((rhythm, meter, f"K:{key}", *body), tune.title, tune.source)


def read_in(news: Piece | Written, key: str) -> Piece | Written:
    """What came for a wish that was `asked` for, in the key that was wished for."""
    near = beside(key)
    if near == key:
        return news
    if isinstance(news, Piece):
        is_key = news.token == f"K:{near}"
        return news._replace(token=f"K:{key}" if is_key else from_tonic(to_tonic(news.token, near), key))
    if news.tune is None:
        return news
    return replace(news, tokens=(*news.tokens[:2], f"K:{key}", *news.tokens[3:]), tune=in_key(news.tune, key))
