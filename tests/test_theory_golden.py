"""The golden record of theory: every token in four keys, typed symbols; golden/regenerate_theory.py writes it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def test_theory_says_what_the_golden_record_says() -> None:
    record = json.loads((GOLDEN / "theory.json").read_text(encoding="utf-8"))
    now = runpy.run_path(str(GOLDEN / "regenerate_theory.py"))["build"]()
    assert now == record
