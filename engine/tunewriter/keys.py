"""Tunes in keys that the model has no word for.

It knows keys of up to four sharps or flats, and writes every tune counted from its tonic. So a tune in another key is
asked of it in the key on the same letter a semitone away, B flat for B, and read back in its own: every note keeps its
place on the staff.
"""

from __future__ import annotations

from dataclasses import replace

from engine.abc import KEYS, Tune, check, from_model, music_of, shown, to_model
from engine.abc.tokens import from_tonic, to_tonic
from engine.tunewriter.sampler import Piece, Written
from engine.tunewriter.wish import Wish


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
