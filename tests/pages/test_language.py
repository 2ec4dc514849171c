"""What comes from outside is shown as it is and means nothing to Markdown."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.parts.language import WORD_JOINER, harmless, speaking, whole


def test_the_first_word_of_a_page_is_said_in_the_language_of_its_link() -> None:
    page = AppTest.from_string("import streamlit as st\nfrom pages.parts.language import _\nst.write(_('Home'))")
    page.query_params["lang"] = "es"
    assert page.run().markdown[0].value == "Inicio"


@given(st.text(max_size=80))
def test_what_can_be_seen_stays_and_no_sign_of_markdown_is_left(text: str) -> None:
    shown = harmless(text)
    seen = "".join(sign for sign in text if sign.isprintable())
    assert html.unescape(shown).replace(WORD_JOINER, "") == seen.replace(WORD_JOINER, "")
    assert not set(shown) & set("!\"$%'()*+,-./:<=>?@[\\]^_`{|}~")


@pytest.mark.parametrize("text", ["\u202eevil", "a\x00b", "line\nline"])
def test_what_cannot_be_seen_is_left_out(text: str) -> None:
    assert all(sign.isprintable() for sign in harmless(text).replace(WORD_JOINER, ""))


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [("en", 32166, "32,166"), ("es", 32166, "32\xa0166"), ("es", 1234567, "1\xa0234\xa0567"), ("es", 5000, "5000"),
     ("en", 5000.4, "5,000"), ("es", 9999.6, "10\xa0000"), ("es", 7, "7")],
)  # fmt: skip
def test_whole_numbers_are_grouped_as_the_language_does(language: str, number: float, written: str) -> None:
    with speaking(language):
        assert whole(number) == written
