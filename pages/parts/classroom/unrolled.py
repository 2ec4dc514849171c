"""The component that steps through one window: every matrix with its formula, every number taken apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.classroom import EPOCHS, Frame, Lesson, Quantity, Story, shown
from pages.parts.component import answering, component
from pages.parts.kept import classroom as room
from pages.parts.language import _, tell
from pages.parts.session import acknowledged
from pages.parts.session.classroom import DESK, Stand

_KEY = "unrolled"
WEIGHTS = ("U", "W", "b", "V", "c")


def unrolled() -> None:
    """Draws the window at hand; steps are drawn in the browser, and only told to us for the link."""
    component("unrolled", "classroom/unrolled.js")(
        key=_KEY, data=data(DESK.held()), on_event_change=answering(_KEY, apply)
    )


def apply(event: dict[str, Any]) -> None:
    """One message: where the reader stands, or on to the next window. What is about another window is an echo."""
    stand = DESK.held()
    if event.get("story") != _name(stand):
        return
    step = event.get("step")
    if event.get("type") == "step" and type(step) is int and 0 <= step <= 2 * stand.lesson.window:
        DESK.put(replace(stand, step=step))
    elif event.get("type") == "window":
        DESK.put(stand.moved(stand.epoch, stand.window + 1))


def _name(stand: Stand) -> str:
    """Tells one window of one lesson from every other."""
    return f"{hash(stand.lesson)}.{stand.epoch}.{stand.window}"


def data(stand: Stand) -> dict[str, Any]:
    """All that the browser needs for every step of the window."""
    lesson, window = stand.lesson, stand.window
    told = room.story(lesson, stand.epoch, window)
    letters = [shown(letter) for letter in lesson.alphabet]
    return {
        "story": _name(stand),
        "letters": letters,
        "text": [shown(letter) for letter in lesson.text],
        "at": window,
        "width": lesson.window,
        "more": stand.epoch < EPOCHS,
        "quantities": {name: _quantity(quantity) for name, quantity in told.quantities.items()},
        "frames": [_frame(frame, lesson, window) for frame in told.frames],
        "weights": list(WEIGHTS),
        "scale": told.scale,
        "step": stand.step,
        "losses": [told.norms[f"L{at}"] for at in range(1, lesson.window + 1)],
        "pulls": [told.norms[f"dh{at}"] for at in range(1, lesson.window + 1)],
        "norms": [(told.quantities[f"g{symbol}"].sign, told.norms[f"g{symbol}"]) for symbol in WEIGHTS],
        "clipping": _clipping(told, lesson),
        "ack": acknowledged(_KEY),
        "labels": _labels(),
    }


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "sign": quantity.sign,
        "axes": quantity.axes,
        "values": [[float(f"{value:.6g}") for value in row] for row in quantity.values.tolist()],
        "formula": quantity.formula,
        "rule": quantity.rule,
        "parts": [(part.left, part.right, part.left_turned, part.right_turned) for part in quantity.parts],
        "meaning": tell(quantity.meaning),
    }


def _frame(frame: Frame, lesson: Lesson, window: int) -> dict[str, Any]:
    letter = shown(lesson.text[window + frame.step - 1]) if frame.step else ""
    titles = {
        "forward": _("Forwards: “{letter}” is read").format(letter=letter),
        "backward": _("Backwards: what should have been different at “{letter}”").format(letter=letter),
        "update": _("The weights move a little down the slope"),
    }
    return {
        "phase": frame.phase,
        "step": frame.step,
        "names": frame.names,
        "letter": letter,
        "title": titles[frame.phase],
    }


def _clipping(told: Story, lesson: Lesson) -> str:
    together = sum(told.norms[f"g{symbol}"] ** 2 for symbol in WEIGHTS) ** 0.5
    words = _("Length of each gradient; all together {length}").format(length=f"{together:.3f}")
    if 0 < lesson.clip < together:
        words += " · " + _("clipped to {length}").format(length=f"{lesson.clip:g}")
    return words


def _labels() -> dict[str, str]:
    return {
        "text": _("Text"),
        "steps": _("Steps"),
        "play": _("Run through"),  # not “Play”: nothing is heard
        "pause": _("Pause"),
        "back": _("Step back"),
        "next": _("Step on"),
        "reset": _("First step"),
        "weights": _("The weights that this window meets"),
        "hover": _("Point at a number, or tap it, to see which numbers made it; they get a frame wherever they stand."),
        "tap": _("Tap a number to see which numbers made it; they get a frame wherever they stand."),
        "rest": _("{count} more:"),
        "losses": _("Loss of each letter, in nats"),
        "pulls": _("How strongly the loss pulls at each step (norm of the gradient)"),
    }
