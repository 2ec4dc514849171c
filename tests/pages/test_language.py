"""What comes from outside is shown as it is and means nothing to Markdown."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts.language import WORD_JOINER, harmless


@given(st.text(max_size=80))
def test_what_can_be_seen_stays_and_no_sign_of_markdown_is_left(text: str) -> None:
    shown = harmless(text)
    seen = "".join(sign for sign in text if sign.isprintable())
    assert html.unescape(shown).replace(WORD_JOINER, "") == seen.replace(WORD_JOINER, "")
    assert not set(shown) & set("!\"$%'()*+,-./:<=>?@[\\]^_`{|}~")


@pytest.mark.parametrize("text", ["\u202eevil", "a\x00b", "line\nline"])
def test_what_cannot_be_seen_is_left_out(text: str) -> None:
    assert all(sign.isprintable() for sign in harmless(text).replace(WORD_JOINER, ""))
