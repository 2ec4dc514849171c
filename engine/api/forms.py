"""What may be asked and what is answered. Every field is bounded; one that is not known is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.compose import Filter
from engine.generate import Cadence, Search
from engine.music import MAX_CHORDS, Function

FIND_IT = "find it"
MAX_CHARACTERS = 4_000  # of chords in one field: 256 chords with their bars
MOST_SUGGESTIONS = 32
MOST_BARS = 32

Chords = Annotated[
    str,
    Field(max_length=MAX_CHARACTERS, description="chords in letters, Do Re Mi or numerals, such as “C Am | F G”"),
]
KeyName = Annotated[
    str,
    Field(max_length=40, description="a key such as “C”, “F# minor” or “Sib mayor”, or “find it”"),
]
ModelName = Annotated[
    str, Field(max_length=80, description="a model that GET /models lists, or left out for its first")
]
Temperature = Annotated[float, Field(ge=0.05, le=10, allow_inf_nan=False, description="a number from 0.05 to 10")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, description="a number from 0 to 1")]
Kinds = Annotated[
    list[Filter],
    Field(max_length=4, description="a list of “in key”, “borrowed”, “secondary”, “anything”"),
]
Beats = Annotated[float, Field(ge=0.25, le=64, allow_inf_nan=False, description="a number of beats from 0.25 to 64")]
ChordNumber = Annotated[int, Field(ge=0, le=MAX_CHORDS)]  # 0, which no chord has, is refused with the count there is
Letters = Literal["letters", "latin"]
Colours = Annotated[
    Literal["own", "triads", "sevenths"], Field(description="“triads”, “sevenths” or “own” (as the model says)")
]
LettersField = Annotated[Letters, Field(description="“letters” or “latin” (Do Re Mi)")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Question(_Form):
    """What both questions about coming chords share."""

    context: Chords = ""
    key: KeyName = FIND_IT
    model: ModelName | None = None
    colour: Colours = "own"
    notation: LettersField = "letters"
    temperature: Temperature = 1.0
    repetition: Share = 0.5
    filters: Kinds = []
    style: Annotated[
        str | None, Field(max_length=40, description="a style that GET /models lists for the model, or left out")
    ] = None
    memory: Annotated[
        float | None, Field(ge=0, le=1, allow_inf_nan=False, description="a number from 0 to 1, or left out")
    ] = None


class SuggestForm(_Question):
    """What comes after `context`; with `after`, what fits between the two."""

    after: Chords = ""
    k: Annotated[int, Field(ge=1, le=MOST_SUGGESTIONS, description="a whole number from 1 to 32")] = 8


class ContinueForm(_Question):
    """`bars` more bars after `context`; with `locked`, its other chords drawn anew and no bars added.

    The cadence is made of chords of the kinds in `filters`; where none of them will do, of others.
    """

    bars: Annotated[int, Field(ge=1, le=MOST_BARS, description="a whole number from 1 to 32")] = 4
    beats_per_bar: Beats = 4
    beats_per_chord: Beats = 4
    cadence: Annotated[Cadence, Field(description="“none”, “authentic”, “plagal”, “half” or “deceptive”")] = "none"
    search: Annotated[Search, Field(description="“sample” or “beam”")] = "sample"
    top_p: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, description="a number above 0 and at most 1")] = 1.0
    rng_seed: Annotated[int, Field(ge=0, lt=2**53, description="a whole number from 0 to 2^53 - 1")] = 0
    locked: Annotated[
        list[ChordNumber] | None,
        Field(max_length=MAX_CHORDS, description="a list of the numbers, from 1, of the chords that stay; or left out"),
    ] = None


class TranscribeForm(_Form):
    """The same chords in another writing."""

    text: Chords
    key: KeyName = FIND_IT
    to: Annotated[
        Literal["letters", "latin", "numerals", "published"],
        Field(description="“letters”, “latin”, “numerals” or “published”"),
    ] = "numerals"


class Suggested(BaseModel):
    chord: str
    numeral: str
    probability: float
    function: Function
    reason: str


class _Answer(BaseModel):
    """`key_confidence` is the belief (0 to 1) in a key that was found; absent where one was given."""

    key: str
    key_confidence: float | None
    notes: list[str]


class SuggestAnswer(_Answer):
    """Shown probabilities and `rest` sum to 1; `left_out` is the belief in what the filters kept away."""

    model: str
    suggestions: list[Suggested]
    rest: float
    left_out: float
    notice: str | None


class Sounding(BaseModel):
    chord: str
    numeral: str
    beats: float
    new: bool


class ContinueAnswer(_Answer):
    """`log_probability`: natural logarithm of the model's belief in the new chords."""

    model: str
    text: str
    chords: list[Sounding]
    rng_seed: int
    log_probability: float


class TranscribeAnswer(_Answer):
    text: str
    chords: list[str]


class ModelCard(BaseModel):
    """`data`: what it was trained on, each source with its licence."""

    name: str
    what: str
    vocabulary: str
    tokens: int
    styles: list[str]
    memory: bool
    data: list[str]


class ModelsAnswer(BaseModel):
    models: list[ModelCard]


class HealthAnswer(BaseModel):
    status: Literal["ok"]


class RefusalAnswer(BaseModel):
    """What was wrong, what was given (shortened), what was expected."""

    error: str
    given: str
    expected: str
