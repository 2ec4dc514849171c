"""A note model: the recurrent network of one form, ready to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.notewriter.form import FORMS, STREAMS, Form
from engine.notewriter.vocabulary import TOKENS
from engine.notewriter.wish import UnwritableNotes
from engine.recurrent import checkpoint
from engine.recurrent.checkpoint import TokenModel
from engine.recurrent.steps import Steps
from engine.words import say


@dataclass(frozen=True)
class NoteModel:
    """Read-only, safe to share between threads."""

    form: Form
    steps: Steps
    card: Mapping[str, object]

    @property
    def voices(self) -> int:
        return 4 if self.form == "chorale" else 1


def language_of(form: Form) -> str:
    """The name of the token language in the model file."""
    return f"notes-{form}"


def load(name_or_path: str | Path) -> NoteModel:
    """`melody` or `chorale`, or the path of a model of one of the two forms.

    Raises CheckpointError, or UnwritableNotes for a model of another language.
    """
    return note_model(checkpoint.load(name_or_path))


def note_model(model: TokenModel) -> NoteModel:
    """A checked token model as a note model. Raises UnwritableNotes when it speaks another language."""
    for form in FORMS:
        if model.language == language_of(form):
            if model.vocabulary.tokens != TOKENS or model.sizes.features != STREAMS[form]:
                break
            return NoteModel(form, model.steps, model.card)
    raise UnwritableNotes(
        say("This model writes no notes (its language is {language}). Choose a melody or a chorale model.",
            language=model.language[:40])
    )  # fmt: skip
