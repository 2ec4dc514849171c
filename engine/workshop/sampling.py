"""What a network writes: drawn from its own probabilities, nothing repaired, so that one hears it learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from engine.notewriter.heading import Heading
from engine.notewriter.melody import MelodyReader
from engine.notewriter.vocabulary import END, SIZE, START, TOKENS
from engine.recurrent import Steps
from engine.vocab import BOS, EOS, MODES, SPECIAL_TOKENS, STYLES
from engine.workshop.material import Kind

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

LONGEST: Mapping[Kind, int] = MappingProxyType({"chords": 33, "tunes": 400, "notes": 200})  # tokens of a sample
TEMPERATURE = 0.8  # a little surer than the network is, as small ones want it


def written(
    steps: Steps, vocabulary: Sequence[str], kind: Kind, rng_seed: Sequence[int], temperature: float = TEMPERATURE
) -> tuple[str, ...]:
    """Tokens from the beginning to the end mark, which is left out, or to the longest a sample may be."""
    random = np.random.default_rng(list(rng_seed))
    if kind == "notes":
        return _melody(steps, random, temperature)
    ids = {token: number for number, token in enumerate(vocabulary)}
    state = steps.fresh()
    token, tokens = ids[BOS], list[str]()
    while len(tokens) < LONGEST[kind]:
        logits, state = steps.step(state, np.array([token]))
        allowed = _allowed(kind, len(tokens), vocabulary)
        token = _draw(logits[0], allowed, random, temperature)
        if vocabulary[token] == EOS:
            break
        tokens.append(vocabulary[token])
    return tuple(tokens)


def _melody(steps: Steps, random: np.random.Generator, temperature: float) -> tuple[str, ...]:
    """Pitches and lengths in turn, in C major and common time, with what the writer of notes is told beside each."""
    reader, state = MelodyReader(Heading()), steps.fresh()
    token, tokens, ends = START, list[str](), np.arange(SIZE) == END
    while len(tokens) < LONGEST["notes"]:
        logits, state = steps.step(state, np.array([token]), np.array([reader.row()]))
        allowed = reader.allowed() if tokens else reader.allowed() & ~ends
        token = _draw(logits[0], allowed, random, temperature)
        reader.read(token)
        if reader.ended:
            break
        tokens.append(TOKENS[token])
    return tuple(tokens)


def _draw(logits: Array, allowed: Mask, random: np.random.Generator, temperature: float) -> int:
    scores = np.where(allowed, logits.astype(np.float64), -np.inf) / temperature
    weights = np.exp(scores - scores.max())
    return int(random.choice(len(weights), p=weights / weights.sum()))


def _allowed(kind: Kind, place: int, vocabulary: Sequence[str]) -> Mask:
    """What may come: never a special token; a song of chords begins with its mode and has no other."""
    never = {*SPECIAL_TOKENS, *STYLES.values()} - {EOS}
    modes = set(MODES.values())
    if kind == "chords" and place == 0:
        return np.array([token in modes for token in vocabulary])
    return np.array([token not in never and token not in modes and (place > 0 or token != EOS) for token in vocabulary])
