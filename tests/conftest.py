"""Shared by all tests: one thread for the numbers, and examples that are the same in every run."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # more threads are slower for single predictions

settings.register_profile("cadencia", deadline=None, derandomize=True)  # no clock decides, no luck either
settings.load_profile("cadencia")
