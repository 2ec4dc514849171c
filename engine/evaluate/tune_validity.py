"""How valid what a tune writer writes is: raw and under the grammar, beside real held-out tunes.

    interior bars full   share of bars that neither begin nor end a part and are exactly full
    all bars full        tunes whose bars are all full, but for an upbeat and the bar it makes up
    valid                tunes without any fault of `engine.abc.faults`
    abc2midi             tunes that abc2midi converts without naming an error, where it is installed
    ends on the tonic    tunes whose last note is the tonic
    copied run           tunes with a run of 20 intervals, in any key, that stands in a training tune

Temperature 1, all tokens in. Shares with 95 % intervals, bootstrapped over tunes with a fixed seed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.abc import Tune, bars_of, faults, shown, sounded
from engine.abc.lengths import bar_ticks, meter_numbers
from engine.abc.melody import intervals
from engine.music import pitch_class_of
from engine.recurrent.checkpoint import TokenModel, load
from engine.recurrent.quantized import prepare
from engine.tunebook import Tunebook, tunebook
from engine.tunewriter import Wish, Written, stream
from engine.tunewriter.likeness import LONG, marks_of

_HOME = ("ends on the tonic", "home")
ABREAST = 16  # tunes written side by side
RESAMPLES = 1000
PLANNED = {"jig": "6/8", "reel": "4/4", "hornpipe": "4/4", "waltz": "3/4", "polka": "2/4", "slip jig": "9/8"}
SECONDS = 10  # for one tune: abc2midi needs some milliseconds

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One tune. `abc2midi` is None where the program is missing."""

    interior: int
    full: int
    all_full: bool
    valid: bool
    abc2midi: bool | None
    home: bool
    copied: bool


def judge(tune: Tune | None, marks: frozenset[int]) -> Judged:
    """What can be said of a tune; `marks` are the runs of the training tunes. No tune at all fails everything."""
    if tune is None:
        return Judged(0, 0, False, False, False if shutil.which("abc2midi") else None, False, False)
    wrong = faults(tune)
    interior = _interior(tune)
    full = bar_ticks(meter_numbers(tune.meter))
    return Judged(
        interior=len(interior),
        full=sum(ticks == full for ticks in interior),
        all_full=not any(fault.of_length for fault in wrong),
        valid=not wrong,
        abc2midi=_converts(tune),
        home=ends_on_tonic(tune),
        copied=bool(marks & runs_of(tune)),
    )


def ends_on_tonic(tune: Tune) -> bool:
    """Whether the note that sounds last is the tonic, in any octave."""
    notes = sounded(tune).score.notes
    return bool(notes) and (notes[-1].pitch - pitch_class_of(tune.key[:-3])) % 12 == 0


def runs_of(tune: Tune) -> frozenset[int]:
    """Marks of all runs of 20 intervals."""
    line = np.clip(intervals(tune), -127, 127).astype(np.int8)
    return frozenset(marks_of(line, LONG).tolist())


def _interior(tune: Tune) -> list[int]:
    """The lengths of bars that neither begin nor end a part."""
    bars = bars_of(tune)
    inside = (bar.ticks for before, bar in pairwise(bars) if before.line == "|" and bar.line == "|")
    return list(inside)


def _converts(tune: Tune) -> bool | None:
    """Whether abc2midi converts the tune without naming an error."""
    program = shutil.which("abc2midi")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tune.abc").write_text(shown(tune, title="Tune").text, encoding="utf-8")
        line = [program, "tune.abc", "-o", "tune.mid"]
        done = subprocess.run(
            line, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False, errors="replace"
        )
        said = done.stdout + done.stderr
        return done.returncode == 0 and "Error" not in said and (Path(folder) / "tune.mid").is_file()


def many(model: TokenModel, n: int, valid: bool) -> Iterator[Written]:
    """n tunes, nothing wished, random seeds from 0."""
    for seed, first in enumerate(range(0, n, ABREAST)):
        wish = Wish(rng_seed=seed, candidates=min(ABREAST, n - first), valid=valid)
        yield from (piece for piece in stream(model, wish) if isinstance(piece, Written))


# --- the table ------------------------------------------------------------------------------------------------------


def validity_report(model: TokenModel, n: int, book: Tunebook) -> str:
    """The table for n raw and n constrained tunes, real test tunes beside them."""
    prepare()
    learned = frozenset(mark for tune in book.train for mark in runs_of(tune))
    raw, held = list(many(model, n, valid=False)), list(many(model, n, valid=True))
    groups = {
        f"{len(book.test)} real held-out": [judge(tune, learned) for tune in book.test],
        f"{n} raw": [judge(one.tune if one.finished else None, learned) for one in raw],
        f"{n} constrained": [judge(one.tune if one.finished else None, learned) for one in held],
    }
    lines = [__doc__.split("\n\n")[1] if __doc__ else "", "", f"{'':<18}" + "".join(f"{name:>24}" for name in groups)]
    lines += [f"{name:<18}" + "".join(f"{cell:>24}" for cell in cells) for name, cells in _rows(groups)]
    lines += ["", f"real held-out tunes with a run of {LONG} of another real tune of any part: {_shared(book):.1%}"]
    lines += [f"constrained, {_bits('bits of the mask a tune', [one.constraint_bits for one in held])}"]
    lines += [f"raw, {_bits('bits a tune as drawn', [one.bits for one in raw])}"]
    lines += ["", *_way_home(model, n)]
    return "\n".join(lines) + "\n"


def _way_home(model: TokenModel, n: int) -> Iterator[str]:
    """How many planned tunes end on their tonic, as drawn and led home, and what they cost the model."""
    yield f"about {n} tunes of eight bars, AABB, {', '.join(PLANNED)}, that end on the tonic"
    for name, home in (("as drawn", False), ("led home", True)):
        tunes = list(_planned(model, max(1, n // len(PLANNED)), home))
        ends = [one.tune is not None and ends_on_tonic(one.tune) for one in tunes]
        yield f"{name}: {_share_of(ends)}; {_bits('bits a note', [one.bits / max(1, one.notes) for one in tunes])}"


def _planned(model: TokenModel, each: int, home: bool) -> Iterator[Written]:
    for rhythm, meter in PLANNED.items():
        for seed, first in enumerate(range(0, each, ABREAST)):
            count = min(ABREAST, each - first)
            wish = Wish(rhythm, meter, "Dmaj", 8, "AABB", rng_seed=seed, candidates=count, home=home)
            yield from (piece for piece in stream(model, wish) if isinstance(piece, Written))


def _rows(groups: dict[str, list[Judged]]) -> Iterator[tuple[str, list[str]]]:
    every = list(groups.values())
    yield (
        "interior bars full",
        [_share([one.full for one in group], [one.interior for one in group]) for group in every],
    )
    for name, attribute in (("all bars full", "all_full"), ("valid", "valid"), ("abc2midi", "abc2midi"), _HOME):
        yield name, [_share_of([getattr(one, attribute) for one in group]) for group in every]
    yield "copied run", [_share_of([one.copied for one in group]) for group in every]


def _share_of(found: Sequence[bool | None]) -> str:
    if any(one is None for one in found):
        return "not installed"
    return _share([int(bool(one)) for one in found], [1] * len(found))


def _share(parts: Sequence[int], wholes: Sequence[int]) -> str:
    """A share of sums with its interval, in per cent."""
    part, whole = np.array(parts, dtype=np.float64), np.array(wholes, dtype=np.float64)
    rows = np.random.default_rng(1).integers(0, len(part), (RESAMPLES, len(part)))
    shares = part[rows].sum(axis=1) / np.maximum(1, whole[rows].sum(axis=1))
    low, high = np.quantile(shares, (0.025, 0.975))
    return f"{100 * part.sum() / max(1, whole.sum()):.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def _bits(what: str, bits: Sequence[float]) -> str:
    values: Floats = np.array(bits)
    rows = np.random.default_rng(1).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[rows].mean(axis=1), (0.025, 0.975))
    return f"{what}: {values.mean():.2f} [{low:.2f}, {high:.2f}], median {np.median(values):.2f}"


def _shared(book: Tunebook) -> float:
    """The share of real held-out tunes that have a run of 20 intervals in common with another real tune."""
    tunes = [runs_of(tune) for part in (book.train, book.validation, book.test) for tune in part]
    counts = Counter(mark for runs in tunes for mark in runs)
    test = tunes[-len(book.test) :]
    return sum(any(counts[mark] > 1 for mark in runs) for runs in test) / max(1, len(test))


def main(arguments: Sequence[str]) -> int:
    """The command `python -m engine.evaluate.tune_validity MODEL [--data FOLDER] [-n 1000]`."""
    parser = argparse.ArgumentParser(prog="python -m engine.evaluate.tune_validity", description=__doc__)
    parser.add_argument("model", nargs="?", default="tunes", help="name of a shipped model or path of a .pt file")
    parser.add_argument("--data", type=Path, help="folder with ABC collections beside music21's own")
    parser.add_argument("-n", type=int, default=1000, help="tunes of each kind")
    options = parser.parse_args(arguments)
    sys.stdout.write(validity_report(load(options.model), options.n, tunebook(options.data)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
