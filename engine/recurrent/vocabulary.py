"""Tokens and their numbers, whatever the token language; start and end are named alike in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

UNKNOWN, START, END = "<unk>", "<bos>", "<eos>"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens in the order of their ids. A language that is closed has no unknown token."""

    tokens: tuple[str, ...]
    ids: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", MappingProxyType({token: i for i, token in enumerate(self.tokens)}))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return token in self.ids

    @property
    def start(self) -> int:
        return self.ids[START]

    @property
    def end(self) -> int:
        return self.ids[END]

    @property
    def unknown(self) -> int | None:
        return self.ids.get(UNKNOWN)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Ids of tokens, those of the unknown for what is not known. Raises KeyError in a closed language.

        >>> Vocabulary(("<unk>", "<bos>", "<eos>", "C")).encode(["C", "H", "<eos>"])
        [3, 0, 2]
        """
        unknown = self.unknown
        return [self.ids[token] if unknown is None else self.ids.get(token, unknown) for token in tokens]

    def decode(self, ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.tokens[i] for i in ids)
