"""The inside of a model file, judged before any network is built: keys, vocabulary, sizes, weights.

Format (SPEC of the published models): a dict with `model_state`, `config`, `stoi`, `itos`; often also `model_class`,
`vocab_size`, `metrics_test`, `created_at`, `env`. `itos` is a list or a dict of int. Unknown keys are left aside.
Our addition: `memory` in `config`, 0 or the version of the memory of the song whose weights stand beside the network's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.architecture import Architecture, shapes_of
from engine.cells import Array
from engine.checkpoint.plain import is_text, short
from engine.checkpoint.weights import dense_weights, vouched_weights
from engine.errors import (
    BadConfig,
    BadWeights,
    MissingKeys,
    MissingSpecialToken,
    VocabularyNotInverse,
    VocabularySizeMismatch,
)
from engine.memory.sizes import VERSION
from engine.vocab import BOS, UNK, Vocabulary
from engine.words import say

REQUIRED = ("model_state", "config", "stoi", "itos")
LARGEST_VOCABULARY = 20_000  # tokens
LONGEST_TOKEN = 40  # characters
# Smallest and largest value of each size that a file may ask for.
BOUNDS = {"embedding_dim": (1, 2048), "hidden_size": (1, 2048), "num_layers": (1, 8), "seq_len": (1, 512)}


Weigh = Callable[[Mapping[str, object], Architecture], dict[str, Array]]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a model file says, in plain values: nothing of torch is left."""

    vocabulary: Vocabulary
    architecture: Architecture
    weights: Mapping[str, Array]
    metrics: Mapping[str, float]


def contents_of(raw: object, weigh: Weigh | None = None) -> Contents:
    """Checks what torch read from a file. Raises the CheckpointError that names the first thing wrong.

    `weigh` makes arrays of the state dict, `weights_in` unless another is given.
    """
    entries = raw if isinstance(raw, dict) else {}
    missing = [key for key in REQUIRED if key not in entries]
    if missing:
        raise MissingKeys(
            say(
                "The model file lacks {missing}; it needs {required}. Save all of them in one dict.",
                missing=", ".join(missing),
                required=", ".join(REQUIRED),
            )
        )
    vocabulary = vocabulary_in(entries)
    state = entries["model_state"]
    if not isinstance(state, dict):
        raise BadWeights(say("model_state must be a state dict of tensors. Save network.state_dict() under that key."))
    architecture = architecture_in(entries, len(vocabulary), state)
    return Contents(vocabulary, architecture, (weigh or weights_in)(state, architecture), metrics_in(entries))


def vocabulary_in(entries: Mapping[str, object]) -> Vocabulary:
    """The tokens in the order of their ids, once `stoi` and `itos` agree."""
    stoi = entries["stoi"]
    if not _is_plain_table(stoi):
        raise VocabularyNotInverse(
            say(
                "stoi must map up to {limit} different tokens, texts of 1 to {longest} printable characters, to whole "
                "numbers.",
                limit=LARGEST_VOCABULARY,
                longest=LONGEST_TOKEN,
            )
        )
    assert isinstance(stoi, dict)
    for token in (UNK, BOS):
        if token not in stoi:
            raise MissingSpecialToken(
                say(
                    "The vocabulary lacks {token}; unknown chords and short contexts need {unk} and {bos}. "
                    "Add it to stoi and itos and train with it.",
                    token=token,
                    unk=UNK,
                    bos=BOS,
                )
            )
    if "vocab_size" in entries and not _is_int(entries["vocab_size"], len(stoi)):
        raise VocabularySizeMismatch(
            say(
                "vocab_size says {given}, but stoi has {expected} tokens. Save the model with its own vocabulary.",
                given=short(entries["vocab_size"]),
                expected=len(stoi),
            )
        )
    return Vocabulary(_inverse(stoi, entries["itos"]))


def _is_int(value: object, expected: int) -> bool:
    """Whether a value is this very number; the type comes first, for a tensor compares as it likes."""
    return type(value) is int and value == expected


def _is_plain_table(stoi: object) -> bool:
    return (
        isinstance(stoi, dict)
        and len(stoi) <= LARGEST_VOCABULARY
        and all(is_text(t) and 0 < len(t) <= LONGEST_TOKEN for t in stoi)
        and all(type(i) is int for i in stoi.values())
    )


def _inverse(stoi: Mapping[str, int], itos: object) -> tuple[str, ...]:
    """Tokens by id; `itos`, list or dict of int, must say the same."""
    by_id = {i: token for token, i in stoi.items()}
    given = dict(enumerate(itos)) if isinstance(itos, list | tuple) else itos
    if not _is_numbered(given, len(stoi)) or given != by_id or sorted(by_id) != list(range(len(stoi))):
        raise VocabularyNotInverse(
            say(
                "itos is not the inverse of stoi: each token needs one number from 0 to {last}, the same in both. "
                "Save both from one vocabulary.",
                last=len(stoi) - 1,
            )
        )
    return tuple(by_id[i] for i in range(len(stoi)))


def _is_numbered(given: object, count: int) -> bool:
    return (
        isinstance(given, dict)
        and len(given) == count
        and all(type(i) is int and isinstance(token, str) for i, token in given.items())
    )


def architecture_in(entries: Mapping[str, object], vocab_size: int, state: Mapping[str, object]) -> Architecture:
    """The sizes from `config`, each within its bounds."""
    config = entries["config"]
    kind = entries.get("model_class", "ChordLSTM")
    if not isinstance(config, dict) or not isinstance(kind, str) or kind != "ChordLSTM":
        raise BadConfig(say("config must be a dict of sizes and model_class must be {expected}.", expected="ChordLSTM"))
    sizes = {name: _size(config, name, bounds) for name, bounds in BOUNDS.items()}
    tied = config.get("tie_weights", False)
    if not isinstance(tied, bool):
        raise BadConfig(say("tie_weights in config must be true or false, not {given}.", given=short(tied)))
    bias = ("decoder.bias" if tied else "fc.bias") in state
    memory = _size(config, "memory", (0, VERSION)) if "memory" in config else 0
    return Architecture(
        vocab_size, dropout=_dropout(config), tie_weights=tied, output_bias=bias, memory=memory, **sizes
    )


def _size(config: Mapping[str, object], name: str, bounds: tuple[int, int]) -> int:
    low, high = bounds
    value = config.get(name)
    if type(value) is not int or not low <= value <= high:
        raise BadConfig(
            say(
                "{name} in config is {given}; a whole number from {low} to {high} is expected.",
                name=name,
                given=short(value),
                low=low,
                high=high,
            )
        )
    return value


def _dropout(config: Mapping[str, object]) -> float:
    value = config.get("dropout", 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise BadConfig(
            say("dropout in config is {given}; a share from 0 up to, not including, 1 is expected.", given=short(value))
        )
    return float(value)


def weights_in(state: Mapping[str, object], architecture: Architecture) -> dict[str, Array]:
    """The weights as arrays: dense, contiguous, of the shapes that the architecture decides, all finite."""
    return dense_weights(state, shapes_of(architecture), architecture.tie_weights)


def vouched_weights_in(state: Mapping[str, object], architecture: Architecture) -> dict[str, Array]:
    """The weights of a file made here and read without torch: arrays already."""
    return vouched_weights(state, shapes_of(architecture))


def metrics_in(entries: Mapping[str, object]) -> dict[str, float]:
    """The finite numbers of `metrics_test`; anything else in it is left aside."""
    metrics = entries.get("metrics_test")
    if not isinstance(metrics, dict) or len(metrics) > 100:
        return {}
    plain = {key: value for key, value in metrics.items() if is_text(key) and type(value) in (int, float)}
    return {key[:40]: float(value) for key, value in plain.items() if math.isfinite(value)}
