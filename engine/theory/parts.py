"""The parts a chord symbol names, and the quality and tensions they make together."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.theory.intervals import TENSIONS


@dataclass(slots=True)
class Parts:
    """What has been read so far, before it has a name in QUALITIES."""

    third: str = "3"  # "3", "b3", "4" (suspended) or "" (none)
    fifth: str = "5"  # "5", "b5", "#5"
    seventh: str = ""  # "", "b7", "7", "bb7"
    sixth: bool = False
    stack: set[str] = field(default_factory=set)  # what a number implies: an altered tension takes its place
    tensions: set[str] = field(default_factory=set)  # what is written


def quality_of(parts: Parts) -> str | None:
    """The quality the parts make, or None when no chord is built so; call it before `tensions_of`.

    An altered fifth that no quality has becomes a tension.
    """
    if parts.sixth and parts.seventh:
        parts.sixth = False
        parts.tensions.add("13")
    if parts.third == "b3":
        return _minor_quality(parts)
    if parts.third == "3":
        return _major_quality(parts)
    return _open_quality(parts)


def _minor_quality(parts: Parts) -> str | None:
    if parts.fifth == "b5" and not parts.sixth and parts.seventh != "7":
        return {"": "dim", "b7": "m7b5", "bb7": "dim7"}[parts.seventh]
    _keep_fifth(parts)
    return "m6" if parts.sixth else {"": "m", "b7": "m7", "7": "mM7"}.get(parts.seventh)


def _major_quality(parts: Parts) -> str | None:
    if parts.fifth == "#5" and not parts.sixth and not parts.seventh:
        return "aug"
    _keep_fifth(parts)
    return "6" if parts.sixth else {"": "", "b7": "7", "7": "maj7"}.get(parts.seventh)


def _open_quality(parts: Parts) -> str | None:
    """No third: suspended fourth or fifth alone."""
    _keep_fifth(parts)
    if parts.sixth:
        parts.tensions.add("13")
    if parts.third == "":
        return None if parts.seventh else "5"
    return {"": "sus", "b7": "7sus"}.get(parts.seventh)


def _keep_fifth(parts: Parts) -> None:
    if parts.fifth != "5":
        parts.tensions.add(parts.fifth)


def tensions_of(parts: Parts) -> tuple[str, ...]:
    """Written tensions, and those of the stack that none of them replaces (13b9 has no natural ninth), ascending."""
    altered = {tension[1:] for tension in parts.tensions if tension[0] in "#b"}
    suspended = {"11"} if parts.third == "4" else set()
    every = (parts.tensions | (parts.stack - altered)) - suspended
    return tuple(sorted(every, key=TENSIONS.index))
