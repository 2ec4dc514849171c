"""The reader's language: English is the source, Spanish comes from assets/locale through gettext."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import streamlit as st

from engine.words import Sentence
from pages.parts import session

LANGUAGES = {"en": "English", "es": "Español"}
WORD_JOINER = "\u2060"
_LOCALE = Path(__file__).parents[2] / "assets" / "locale"
_spoken: ContextVar[str] = ContextVar("spoken", default="")


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("cadencia", _LOCALE, languages=[language], fallback=language == "en")


def current() -> str:
    """The language chosen on the page or by the link, else the browser's, else English."""
    wished = _spoken.get() or session.language() or (st.context.locale or "en")[:2]
    return wished if wished in LANGUAGES else "en"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, this language is told: for files, which are made on demand where no visitor's session can be asked."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def translate(text: str) -> str:
    return _catalogue(current()).gettext(text) if text else ""


def tell(sentence: Sentence) -> str:
    """A sentence of the engine in the reader's language, as plain text: for what is drawn by our own component."""
    return sentence.text(translate)


def tell_safely(sentence: Sentence) -> str:
    """The same as Markdown, in which nothing that came from outside means anything: no link, no picture, no colour."""
    return _harmless(sentence).text(translate)


def _harmless(sentence: Sentence) -> Sentence:
    fields = tuple((name, _harmless_value(value)) for name, value in sentence.fields)
    return replace(sentence, fields=fields)


def _harmless_value(value: object) -> object:
    if isinstance(value, Sentence):
        return _harmless(value)
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """Text whose signs Markdown shows as they are.

    Signs become character references, which Markdown shows and never acts on. A joiner of no width before colon, dot
    and at-sign keeps addresses from being made into links. What cannot be seen, and what turns the direction of
    writing, is left out.

    >>> harmless("![x](//y)"), harmless("F#m7")
    ('&#33;&#91;x&#93;&#40;&#47;&#47;y&#41;', 'F&#35;m7')
    """
    return "".join(_harmless_sign(sign) for sign in text if sign.isprintable())


def whole(number: float) -> str:
    """A whole number in figures, as the reader's language groups them.

    In Spanish by a space that no line is broken at, and four figures stay together (RAE, Ortografía, 2010); the decimal
    sign is a point in both languages, as that book allows.
    """
    grouped = f"{number:,.0f}"
    if current() != "es":
        return grouped
    return grouped.replace(",", "\u00a0" if abs(number) >= 9_999.5 else "")


def bold(text: str) -> str:
    """Bold Markdown. A sentence is no part of an f-string: up to Python 3.11 `make messages` does not see it there."""
    return f"**{text}**"


def _harmless_sign(sign: str) -> str:
    if sign.isalnum() or sign == " " or not sign.isascii():
        return sign
    return f"{WORD_JOINER if sign in ':.@' else ''}&#{ord(sign)};"


_ = translate
