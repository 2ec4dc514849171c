"""What the engine refuses, as a tree.

    EngineError
    ├── TheoryError              a text or a token that music theory cannot read
    │   ├── UnreadableChord      a chord symbol, with the place and the nearest readable one
    │   ├── UnreadableNumeral    a numeral token
    │   └── UnreadableKey        a key name
    ├── ProgressionTooLong       more chords than the page and the link can carry
    ├── CheckpointError          a model file that will not be loaded
    │   ├── UnsafeCheckpoint     its form could harm: size, archive, pickle opcodes, time, memory
    │   ├── MissingKeys          a required entry is absent
    │   ├── MissingSpecialToken  <unk> or <bos> is not in the vocabulary
    │   ├── VocabularySizeMismatch   vocab_size differs from the vocabulary's length
    │   ├── VocabularyNotInverse     itos is not the inverse of stoi
    │   ├── BadConfig            a configuration value of the wrong type or out of bounds
    │   ├── BadWeights           missing, misshapen, sparse or non-finite weights
    │   └── UnknownCheckpoint    no checkpoint of that name
    ├── CorpusError              a data file that is not the corpus it is taken for
    ├── PredictionError          a request no model can answer (k, temperature, context)
    ├── GenerationError          a continuation that cannot be as it was asked for
    ├── RenderError              music that cannot be written
    └── SoundError               a synthesiser or soundfont that cannot be used
        └── UnreadableSoundfont

Every error carries a `Sentence`: what was given, what was expected, what to do.
"""

from __future__ import annotations

from engine.words import Sentence


class EngineError(Exception):
    """Root of everything the engine refuses. `sentence` is translated where it is shown."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class TheoryError(EngineError):
    """A text or token that music theory cannot read."""


class UnreadableChord(TheoryError):
    """A chord symbol that cannot be read: its text, where reading stopped (0 at the start), the nearest readable."""

    def __init__(self, sentence: Sentence, text: str = "", position: int = 0, nearest: str = "") -> None:
        super().__init__(sentence)
        self.text = text
        self.position = position
        self.nearest = nearest


class UnreadableNumeral(TheoryError):
    """A numeral token that cannot be read."""


class UnreadableKey(TheoryError):
    """A key name that cannot be read."""


class ProgressionTooLong(EngineError):
    """More chords than the page and the link can carry."""


class CheckpointError(EngineError):
    """A model file that will not be loaded."""


class UnsafeCheckpoint(CheckpointError):
    """A file whose form could run code, fill memory or never end."""


class MissingKeys(CheckpointError):
    """A required entry is absent."""


class MissingSpecialToken(CheckpointError):
    """<unk> or <bos> is not in the vocabulary."""


class VocabularySizeMismatch(CheckpointError):
    """vocab_size differs from the vocabulary's length."""


class VocabularyNotInverse(CheckpointError):
    """itos is not the inverse of stoi."""


class BadConfig(CheckpointError):
    """A configuration value of the wrong type or out of bounds."""


class BadWeights(CheckpointError):
    """Weights that are missing, misshapen, sparse or not finite."""


class UnknownCheckpoint(CheckpointError):
    """No checkpoint of that name."""


class CorpusError(EngineError):
    """A data file that is not the corpus it is taken for."""


class PredictionError(EngineError):
    """A request no model can answer."""


class GenerationError(EngineError):
    """A continuation whose bars, cadence and locked chords do not go together."""


class RenderError(EngineError):
    """Music that cannot be written."""


class SoundError(EngineError):
    """A synthesiser or soundfont that cannot be used."""


class UnreadableSoundfont(SoundError):
    """A soundfont file that is missing or is not one."""
