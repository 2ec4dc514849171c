"""A training's child process as the page's process sees it: started, asked to stop, killed. Nothing here waits.

The child reads its input until the end: the word `stop` asks it to stop after the step it is at, and the end itself
(this process is gone, however it went) makes it leave at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from engine.workshop.folder import LOG

ROOT = Path(__file__).parents[2]
CHILD = "engine.workshop.child"


class Training:
    """A running child with its folder."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        with (folder / LOG).open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", CHILD, str(folder), *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=os.environ | threads | {"PYTHONPATH": str(ROOT)},
            )

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """Asks the child to keep what it has and end."""
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            return
        try:
            pipe.write(b"stop\n")
            pipe.flush()
        except (BrokenPipeError, OSError):  # it has just ended by itself
            return

    def kill(self) -> None:
        """Ends the child at once and lets the system forget it."""
        self._process.kill()
        self.forget()

    def forget(self) -> None:
        """Closes what is left of an ended child."""
        self._process.wait()
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                return
