"""A training in a process of its own: niced, one thread, within limits, gone when the page's process is gone.

Run as `python -m engine.workshop.child FOLDER`; see `folder` for what lies there and `process` for what is said.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from engine.checkpoint.limits import limit_this_process
from engine.words import Sentence, say
from engine.workshop.folder import read_order, read_progress
from engine.workshop.gauge import MEASURE, measure
from engine.workshop.line import WorkshopError
from engine.workshop.telling import Teller

NICENESS = 15  # every page goes first
MEMORY_LIMIT = 2 * 1024**3  # bytes of data; the largest network here needs a quarter of it
CPU_LIMIT = 2_400  # seconds: a last wall behind the teller's own limit


def listen(stopped: threading.Event) -> None:
    """Reads what the page's process says until it is gone, then leaves at once."""
    while said := os.read(sys.stdin.fileno(), 64):  # unbuffered: a buffer's lock would outlive the main thread
        if b"stop" in said:
            stopped.set()
    os._exit(0)


def main(folder: Path) -> None:
    stopped = threading.Event()
    threading.Thread(target=listen, args=(stopped,), daemon=True).start()
    limit_this_process(NICENESS, MEMORY_LIMIT, CPU_LIMIT)
    teller = Teller(folder, read_order(folder), read_progress(folder), stopped.is_set)
    try:
        from engine.workshop.training import run

        run(folder, teller)
    except (MemoryError, RuntimeError) as problem:  # torch says with the second that the first happened
        teller.end("failed", _short_of_memory() if "alloc" in str(problem) else _astray())
    except WorkshopError as problem:
        teller.end("failed", problem.sentence)


def _short_of_memory() -> Sentence:
    return say("The network needs more memory than a training here may have. Choose a smaller one.")


def _astray() -> Sentence:
    return say("The training went astray. Try another seed or a smaller network.")


if __name__ == "__main__":
    if sys.argv[2:] == [MEASURE]:
        limit_this_process(NICENESS, MEMORY_LIMIT, CPU_LIMIT)
        measure(Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]))
