"""Where abc2midi cannot swing a hornpipe, so that nothing is written that it stops at.

It plays two notes of an eighth of the bar as long and short, and finds them by comparing a note with the one before.
After a rest it compares with three times what the last single note was counted in instead (version 4.84, store.c: hornp
and event_rest). After a note of a triplet of such notes that is an eighth of the bar, so it takes the rest for one; if
the rest is none it says "Cannot apply broken rhythm". Chords in between are passed over. It swings off the beat only,
but counts chords wrongly there, so here such a note follows such a rest nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Literal

from engine.abc.lengths import EIGHTH

Swing = Literal["", "thirds", "rest"]  # the last single note was counted in thirds; so it was, and a rest came just now

SWUNG = "hornpipe"


def swing_after(swing: Swing, notes: int, ticks: int, tuplet: Sequence[int] | None, unit: int) -> Swing:
    """What there is to know after so many notes at once (0: a rest) written as `ticks`, in a tuplet (its notes come
    first). `unit` are the ticks of an eighth of the bar."""
    if notes == 1:
        parts = tuplet[0] if tuplet else 1  # of gcd(...) ticks: what the note is counted in
        return "thirds" if 3 * gcd(ticks, EIGHTH) == unit * parts else ""
    if not swing:
        return ""
    is_one = notes == 0 and tuplet is None and ticks == unit
    return "thirds" if notes or is_one else "rest"
