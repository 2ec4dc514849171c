"""ABC text and tunes: reading what people write, the canonical tokens the models speak."""

from __future__ import annotations

from engine.abc.checking import Checked, TextFault, check
from engine.abc.display import Shown, music_of, shown
from engine.abc.faults import Bar, Fault, bars_of, faults
from engine.abc.form import Plan, UnplayableForm
from engine.abc.grammar import Grammar, NotAllowed
from engine.abc.printing import Printed, printed
from engine.abc.sounding import Sounded, sounded, tempo_of, written_key
from engine.abc.tokens import (
    BEGIN,
    END,
    KEYS,
    LENGTHS,
    METERS,
    MODES,
    RHYTHMS,
    TUPLETS,
    VOCABULARY,
    Tune,
    UnreadableTune,
    from_model,
    split_body,
    to_model,
)

__all__ = [
    "BEGIN",
    "END",
    "KEYS",
    "LENGTHS",
    "METERS",
    "MODES",
    "RHYTHMS",
    "TUPLETS",
    "VOCABULARY",
    "Bar",
    "Checked",
    "Fault",
    "Grammar",
    "NotAllowed",
    "Plan",
    "Printed",
    "Shown",
    "Sounded",
    "TextFault",
    "Tune",
    "UnplayableForm",
    "UnreadableTune",
    "bars_of",
    "check",
    "faults",
    "from_model",
    "music_of",
    "printed",
    "shown",
    "sounded",
    "split_body",
    "tempo_of",
    "to_model",
    "written_key",
]
