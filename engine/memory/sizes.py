"""The sizes of the memory's weights: one design, version 1, so that a file need only say that it has one."""

from __future__ import annotations

from engine.memory.recall import PAIR_FEATURES, SONG_FEATURES

VERSION = 1
HEADS, HEAD_SIZE = 4, 8  # of the comparison between what the network felt then and now
SUMMARY = 16  # what the network feels now, for weighing the rest
HIDDEN, INNER, GATE = 48, 24, 32
BELIEFS = 2  # of the network: about a candidate's follower, or about the next chord as a whole


def memory_shapes(hidden_size: int) -> dict[str, tuple[int, ...]]:
    """The shape of every weight of the memory by its name in the state dict."""
    row = SONG_FEATURES + BELIEFS + SUMMARY
    layers = {
        "summary": (SUMMARY, hidden_size),
        "query": (HEADS * HEAD_SIZE, hidden_size),
        "key": (HEADS * HEAD_SIZE, hidden_size),
        "song": (HIDDEN, row),
        "inner": (INNER, HIDDEN),
        "score": (1, INNER),
        "gate": (GATE, row),
        "opening": (1, GATE),
    }
    shapes: dict[str, tuple[int, ...]] = {"memory.pair.weight": (HIDDEN, PAIR_FEATURES + BELIEFS + HEADS)}
    for name, shape in layers.items():
        shapes[f"memory.{name}.weight"] = shape
        shapes[f"memory.{name}.bias"] = shape[:1]
    return shapes
