"""Tokens and their numbers: the vocabulary of a model, frozen, with its special tokens.

Conventions: a token is a string of one of the two chord languages, an id is its row in the embedding. The published
models put `<pad> <unk> <bos> <eos>` first; a foreign file may put them anywhere and needs `<unk>` and `<bos>` only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

PAD, UNK, BOS, EOS = "<pad>", "<unk>", "<bos>", "<eos>"
SPECIAL_TOKENS = (PAD, UNK, BOS, EOS)
MODES = MappingProxyType({"major": "<major>", "minor": "<minor>"})
STYLES = MappingProxyType(
    {"jazz": "<jazz>", "pop": "<pop>", "mandopop": "<mandopop>", "traditional": "<traditional>"}
)  # of the live model: standards, Billboard and rock, Chinese pop, older popular song


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens in the order of their ids. Equal tokens in equal order are equal vocabularies."""

    tokens: tuple[str, ...]
    ids: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", MappingProxyType({token: i for i, token in enumerate(self.tokens)}))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self.ids

    @property
    def unknown(self) -> int:
        return self.ids[UNK]

    @property
    def start(self) -> int:
        return self.ids[BOS]

    @property
    def special_ids(self) -> tuple[int, ...]:
        """Ids that are never suggested to a musician."""
        return tuple(i for i, token in enumerate(self.tokens) if is_special(token))

    @property
    def silent_ids(self) -> frozenset[int]:
        """Ids of tokens that are no chords. `<unk>` is one: a chord whose name is not known."""
        return frozenset(self.special_ids) - {self.unknown}

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Ids of tokens; what the vocabulary does not know becomes `<unk>`.

        >>> Vocabulary(("<unk>", "<bos>", "I", "V7")).encode(["I", "H", "V7"])
        [2, 0, 3]
        """
        unknown = self.unknown
        return [self.ids.get(token, unknown) for token in tokens]

    def decode(self, ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.tokens[i] for i in ids)


def is_special(token: str) -> bool:
    """Whether a token is no chord: the beginning, a mode, a style, a chord not known.

    >>> is_special("<bos>"), is_special("<jazz>"), is_special("V7")
    (True, True, False)
    """
    return token.startswith("<") and token.endswith(">")


def opening(mode: str | None = None, style: str | None = None) -> tuple[str, ...]:
    """What stands before the chords of a song for the live model. Either may be left open.

    >>> opening("minor", "jazz"), opening(style="pop")
    (('<minor>', '<jazz>'), ('<pop>',))
    """
    return (*([MODES[mode]] if mode else []), *([STYLES[style]] if style else []))


def vocabulary_of(songs: Iterable[Sequence[str]]) -> Vocabulary:
    """The special tokens, then every token of the songs, the most frequent first, ties in alphabetical order.

    >>> vocabulary_of([["ii", "V7", "I"], ["I"]]).tokens
    ('<pad>', '<unk>', '<bos>', '<eos>', 'I', 'V7', 'ii')
    """
    counts = Counter(token for song in songs for token in song)
    ordered = sorted(counts, key=lambda token: (-counts[token], token))
    return Vocabulary((*SPECIAL_TOKENS, *ordered))
