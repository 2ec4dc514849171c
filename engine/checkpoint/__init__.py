"""Models on disk: what ships, what a visitor brings, and the model that comes of it.

    form      the outside of a file: size, archive, pickle opcodes
    schema    the inside: keys, vocabulary, sizes, weights
    vouched   a shipped file to contents, without torch
    reading   bytes to contents, in this process or in a limited child
    child     that child
    limits    what it may spend
    weights   the numbers of a file as arrays
    writing   the same format written
    shelf     a folder of files with their cards

A card is the JSON beside a shipped `.pt`: what it is, data and licences, split, vocabulary, metrics, date, limits, and
the SHA-256 of the weights. A file whose fingerprint stands in its card was made here and is read in this process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.architecture import Architecture
from engine.checkpoint.reading import read_apart
from engine.checkpoint.schema import Contents
from engine.checkpoint.shelf import NO_CARD, names_in, taken
from engine.checkpoint.vouched import vouched_contents
from engine.memory.hearing import Listener
from engine.memory.pointer import pointer_of
from engine.stepping import State, Stepper, stepper_of
from engine.vocab import Vocabulary

if TYPE_CHECKING:
    from engine.networks import ChordLSTM

SHIPPED = Path(__file__).parents[2] / "checkpoints"


@dataclass(frozen=True)
class Model:
    """A checked model, read-only and safe to share between threads. `card` is empty when the file came without one."""

    contents: Contents
    card: Mapping[str, object]
    stepper: Stepper

    @property
    def vocabulary(self) -> Vocabulary:
        return self.contents.vocabulary

    @property
    def config(self) -> Architecture:
        return self.contents.architecture

    @cached_property
    def paddings(self) -> tuple[State, ...]:
        """The states after 0, 1, ... `seq_len` times `<bos>`: a short context goes on from one of them."""
        states = [self.stepper.fresh()]
        for _ in range(self.config.seq_len):
            states.append(self.stepper.step(self.vocabulary.start, states[-1]))
        return tuple(states)

    @cached_property
    def listener(self) -> Listener | None:
        """The network with its memory of the song; None for a model without one."""
        pointer = pointer_of(self.contents.weights)
        return Listener(self.stepper, pointer, self.vocabulary.silent_ids) if pointer else None

    @cached_property
    def network(self) -> ChordLSTM:
        """The torch network, in evaluation mode, built when first asked for: live prediction does without."""
        from engine.networks import network_of

        return network_of(self.config, self.contents.weights)


def names() -> tuple[str, ...]:
    """The models that ship, by name."""
    return names_in(SHIPPED)


def load(name_or_path: str | Path) -> Model:
    """A shipped model by its name, or any `.pt` file by its path. Raises CheckpointError.

    A file whose SHA-256 does not stand in a card beside it is read in a child process with limits (a second or two).
    """
    data, card = taken(name_or_path, SHIPPED)
    return load_bytes(data) if card is None else model_of(vouched_contents(data), card)


def load_bytes(data: bytes) -> Model:
    """A model from the bytes of a `.pt` file from outside. Raises CheckpointError; nothing in the file is ever run."""
    return model_of(read_apart(data))


def model_of(contents: Contents, card: Mapping[str, object] = NO_CARD) -> Model:
    return Model(contents, MappingProxyType(dict(card)), stepper_of(contents.weights, contents.architecture.num_layers))
