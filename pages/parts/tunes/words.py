"""What types of tune, keys and forms are called on the page."""

from __future__ import annotations

from engine.abc import RHYTHMS, Tune, bars_of
from engine.abc.faults import upbeats_of
from pages.parts.language import _

# What a type is written in; for the others the writer chooses.
METER_OF = {
    "jig": "6/8", "reel": "4/4", "hornpipe": "4/4", "waltz": "3/4", "slip jig": "9/8", "polka": "2/4", "slide": "12/8",
    "strathspey": "4/4", "march": "4/4",
}  # fmt: skip


def rhythm_names() -> dict[str, str]:
    """Types of tune in the order of the list; the empty one leaves it to the model."""
    names = {
        "jig": _("Jig"), "reel": _("Reel"), "hornpipe": _("Hornpipe"), "waltz": _("Waltz"),
        "slip jig": _("Slip jig"), "polka": _("Polka"), "slide": _("Slide"), "strathspey": _("Strathspey"),
        "march": _("March"), "air": _("Air"), "other": _("Other"),
    }  # fmt: skip
    return {rhythm: names[rhythm] for rhythm in RHYTHMS} | {"": _("Any type")}


def mode_names() -> dict[str, str]:
    return {
        "maj": _("major"), "min": _("minor"), "dor": _("dorian"), "mix": _("mixolydian"), "phr": _("phrygian"),
        "lyd": _("lydian"), "loc": _("locrian"),
    }  # fmt: skip


def modes() -> list[str]:
    """Modes in the order of the list, the everyday ones first."""
    return list(mode_names())


def key_name(key: str) -> str:
    return f"{pretty(key[:-3])} {mode_names()[key[-3:]]}"


def pretty(tonic: str) -> str:
    return tonic.replace("#", "♯").replace("b", "♭")


def title_of(tune: Tune) -> str:
    """The tune's own title, or what it is."""
    if tune.title:
        return tune.title
    name = _("Tune") if tune.rhythm == "other" else rhythm_names()[tune.rhythm]
    return _("{type} in {key}").format(type=name, key=key_name(tune.key))


def bars_in(tune: Tune) -> str:
    upbeats = upbeats_of(tune)
    count = sum(bar.ticks > 0 and bar.start not in upbeats for bar in bars_of(tune))
    return _("{meter} · {bars} bars").format(meter=tune.meter, bars=count)
