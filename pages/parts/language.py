"""The reader's language: English is the source, Spanish comes from assets/locale through gettext."""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path

import streamlit as st

from engine.words import Sentence
from pages.parts import session

LANGUAGES = {"en": "English", "es": "Español"}
_LOCALE = Path(__file__).parents[2] / "assets" / "locale"


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("cadencia", _LOCALE, languages=[language], fallback=language == "en")


def current() -> str:
    """The language chosen on the page or by the link, else the browser's, else English."""
    wished = session.language() or (st.context.locale or "en")[:2]
    return wished if wished in LANGUAGES else "en"


def translate(text: str) -> str:
    return _catalogue(current()).gettext(text) if text else ""


def tell(sentence: Sentence) -> str:
    """A sentence of the engine in the reader's language."""
    return sentence.text(translate)


_ = translate
