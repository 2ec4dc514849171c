"""The inside of a token model's file, judged before any network is built: vocabulary, sizes, weights.

Format: that of the chord models (see `engine.checkpoint.schema`) with `model_class` "TokenRNN"; `config` also has
`cell`, `features`, `feature_dim`, `input_dropout`, `tokens` (the name of the token language), `settings` (left aside).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from engine.cells import Array, Cell
from engine.checkpoint.schema import LONGEST_TOKEN, REQUIRED, metrics_in, vocabulary_in
from engine.checkpoint.weights import check_total, dense_weights, too_large, vouched_weights
from engine.errors import BadConfig, MissingKeys, MissingSpecialToken
from engine.recurrent.sizes import GATES, Sizes, shapes_of
from engine.recurrent.vocabulary import END, UNKNOWN, Vocabulary
from engine.words import say

MODEL_CLASS = "TokenRNN"
# Smallest and largest value of each size that a file may ask for.
BOUNDS = {"embedding_dim": (0, 2048), "hidden_size": (1, 2048), "num_layers": (1, 8), "feature_dim": (1, 256)}
MOST_FEATURES, MOST_VALUES = 32, 4096  # streams of further ids, and what each may tell apart
LARGEST_TABLES = (
    250_000_000  # bytes: the input tables of `engine.recurrent.steps`, which small weights could make large
)

Weigh = Callable[[object, Sizes], dict[str, Array]]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a token model's file says, in plain values: nothing of torch is left."""

    vocabulary: Vocabulary
    language: str
    sizes: Sizes
    weights: Mapping[str, Array]
    metrics: Mapping[str, float]


def contents_of(raw: object, weigh: Weigh | None = None) -> Contents:
    """Checks what was read from a file. Raises the CheckpointError that names the first thing wrong.

    `weigh` makes arrays of the state dict: `weights_in`, for tensors, unless another is given.
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
    vocabulary = Vocabulary(_tokens_in(entries))
    if END not in vocabulary:
        raise MissingSpecialToken(
            say("The vocabulary lacks {token}, with which a piece ends. Train the model with it.", token=END)
        )
    config = entries["config"]
    kind = entries.get("model_class")
    if not isinstance(config, dict) or not isinstance(kind, str) or kind != MODEL_CLASS:
        raise BadConfig(say("config must be a dict of sizes and model_class must be {expected}.", expected=MODEL_CLASS))
    sizes = sizes_in(config, len(vocabulary))
    weights = (weigh or weights_in)(entries["model_state"], sizes)
    return Contents(vocabulary, _language(config), sizes, weights, metrics_in(entries))


def sizes_in(config: Mapping[str, object], vocab_size: int) -> Sizes:
    """The sizes from `config`, each within its bounds."""
    cell, tied, direct = config.get("cell"), config.get("tie_weights", False), config.get("direct", False)
    if not isinstance(cell, str) or cell not in GATES:
        raise BadConfig(say("cell in config must be one of {known}.", known=", ".join(GATES)))
    whole = {name: _whole(name, {"feature_dim": 16, **config}.get(name), *bounds) for name, bounds in BOUNDS.items()}
    if not isinstance(tied, bool) or (tied and not whole["embedding_dim"]):
        raise BadConfig(say("tie_weights in config must be true or false, and true only with an embedding."))
    if not isinstance(direct, bool):
        raise BadConfig(say("direct in config must be true or false."))
    sizes = Sizes(
        cast(Cell, cell),
        vocab_size,
        dropout=_share("dropout", config),
        input_dropout=_share("input_dropout", config),
        features=_features(config),
        tie_weights=tied,
        direct=direct,
        **whole,
    )
    _check_total(sizes)
    return sizes


def weights_in(state: object, sizes: Sizes) -> dict[str, Array]:
    """The weights as arrays: dense, contiguous, of the shapes that the sizes decide, all finite."""
    return dense_weights(state, shapes_of(sizes), sizes.tie_weights)


def vouched_weights_in(state: object, sizes: Sizes) -> dict[str, Array]:
    """The weights of a file that was made here and read without torch: arrays already."""
    return vouched_weights(state, shapes_of(sizes))


def _tokens_in(entries: Mapping[str, Any]) -> tuple[str, ...]:
    """The tokens once `stoi` and `itos` agree. A closed language has no <unk>: one is lent to it for the check."""
    stoi, itos, size = entries["stoi"], entries["itos"], entries.get("vocab_size")
    if not isinstance(stoi, dict) or UNKNOWN in stoi or not isinstance(itos, list):
        return vocabulary_in(entries).tokens
    lent = {"stoi": stoi | {UNKNOWN: len(stoi)}, "itos": [*itos, UNKNOWN]}
    counted = {"vocab_size": size + 1} if type(size) is int else {}
    return vocabulary_in(dict(entries) | lent | counted).tokens[:-1]


def _language(config: Mapping[str, object]) -> str:
    name = config.get("tokens")
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_TOKEN:
        raise BadConfig(
            say("tokens in config must name the token language in 1 to {longest} characters.", longest=LONGEST_TOKEN)
        )
    return name


def _whole(name: str, value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise BadConfig(
            say("{name} in config must be a whole number from {low} to {high}.", name=name, low=low, high=high)
        )
    return value


def _share(name: str, config: Mapping[str, object]) -> float:
    value = config.get(name, 0.0)
    if type(value) not in (int, float) or not 0 <= cast(float, value) < 1:
        raise BadConfig(say("{name} in config must be a share from 0 up to, not including, 1.", name=name))
    return float(cast(float, value))


def _features(config: Mapping[str, object]) -> tuple[int, ...]:
    given = config.get("features", ())
    if not isinstance(given, list | tuple) or len(given) > MOST_FEATURES:
        raise BadConfig(say("features in config must be a list of at most {limit} numbers.", limit=MOST_FEATURES))
    return tuple(_whole("features", value, 1, MOST_VALUES) for value in given)


def _check_total(sizes: Sizes) -> None:
    """Weights and input tables within their limits, known before anything of that size is made."""
    check_total(shapes_of(sizes))
    tables = 4 * sizes.entries * GATES[sizes.cell] * sizes.hidden_size
    if tables > LARGEST_TABLES:
        raise too_large(tables, LARGEST_TABLES)
