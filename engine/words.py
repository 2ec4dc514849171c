"""Sentences that are not yet in a language: an English template with its fields, translated where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English template and the values that fill it; a field may itself be a sentence."""

    template: str
    fields: tuple[tuple[str, object], ...] = ()

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in words; `translate` maps each English template to the reader's language."""
        filled = {name: value.text(translate) if isinstance(value, Sentence) else value for name, value in self.fields}
        return translate(self.template).format(**filled)

    def __str__(self) -> str:
        return self.text()


def say(template: str, **fields: object) -> Sentence:
    """A sentence to be translated later. The name is the extractor's keyword: the template must be a literal.

    >>> str(say("{n} chords", n=4))
    '4 chords'
    """
    return Sentence(template, tuple(fields.items()))
