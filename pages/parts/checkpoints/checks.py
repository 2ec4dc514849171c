"""Every check of a model file as a line: green with a tick, red with the refusal, grey where reading never came to."""

from __future__ import annotations

import streamlit as st

from engine.workshop import Check, Inspection
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _, tell_safely

LOOKS = {"passed": ("green", "✓"), "failed": ("red", "✗"), "not reached": ("gray", "–")}
SIGNS = {outcome: f":{colour}[{sign}]" for outcome, (colour, sign) in LOOKS.items()}


def verdict(inspection: Inspection) -> None:
    """One sentence above all views."""
    passed = sum(check.outcome == "passed" for check in inspection.checks)
    if passed == len(inspection.checks):
        st.markdown(SIGNS["passed"] + " " + _("Passed all {count} checks.").format(count=passed))
    else:
        words = _("Passed {count} of {all} checks, then it was refused. Nothing of it was used.")
        st.markdown(SIGNS["failed"] + " " + words.format(count=passed, all=len(inspection.checks)))


def checks(source: kept.Source) -> None:
    for check in kept.inspection(source).checks:
        st.markdown(line(check))
        if check.why is not None:
            st.caption(tell_safely(check.why))


def line(check: Check) -> str:
    """Colour never says it alone: a sign stands before, a word behind what did not pass."""
    words = {"passed": "", "failed": _("failed"), "not reached": _("not reached")}[check.outcome]
    colour, sign = LOOKS[check.outcome]
    return f":{colour}[{sign} {tell_safely(check.what)}]" + (f" · *{words}*" if words else "")
