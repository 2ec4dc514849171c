"""The vocabulary: chords by their function, searched by a few letters."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.music import Function, Mode
from engine.palette import LETTERS
from engine.vocab import is_special
from pages.parts.checkpoints.names import function_names, mode_control
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _, bold, harmless

MOST_SHOWN = 600  # tokens; who looks for more types a letter


def words(source: kept.Source) -> None:
    inspection = kept.inspection(source)
    model = inspection.chords or inspection.tokens
    if model is None:
        return
    sought = st.text_input(_("Find a token"), key="models_sought", max_chars=40, placeholder="V7")
    tokens = model.vocabulary.tokens
    found = [token for token in tokens if sought in token] if sought else list(tokens)
    st.caption(_("{found} of {all} tokens").format(found=len(found), all=len(tokens)))
    if inspection.chords is not None:
        _by_function(found[:MOST_SHOWN], mode_control())
    else:
        _line(found[:MOST_SHOWN])


def _by_function(tokens: Sequence[str], mode: Mode) -> None:
    names = function_names()
    special = [token for token in tokens if is_special(token)]
    for function in LETTERS:
        own = [token for token in tokens if not is_special(token) and kept.function_of(token, mode) == function]
        if own:
            st.markdown(bold(_head(function, names)))
            _line(own)
    if special:
        st.markdown(bold(_("Signs that are no chords")))
        _line(special)


def _head(function: Function, names: dict[Function, str]) -> str:
    return f"{harmless(LETTERS[function])} {names[function]}"


def _line(tokens: Sequence[str]) -> None:
    st.markdown(" &nbsp; ".join(harmless(token.replace("\n", "⏎")) for token in tokens) or "–")
