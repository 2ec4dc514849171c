"""How a recurrent network learns, to be looked at: back-propagation by hand, a fair comparison, the usual mistakes.

What stands here is light. `training`, `looking`, `runner` and `mistakes` bring torch and are imported where needed.
"""

from engine.classroom.bptt import (
    Gradients,
    Parameters,
    Trace,
    backward,
    forward,
    fresh,
)
from engine.classroom.checking import AGREED, Comparison, numeric_check
from engine.classroom.course import Course, begun, continued, foretold, within_epoch
from engine.classroom.lesson import (
    ALPHABET,
    CLIP_RANGE,
    EPOCHS,
    HIDDEN_RANGE,
    LONGEST_TEXT,
    RATE_RANGE,
    SEED_RANGE,
    WINDOW_RANGE,
    Lesson,
    LessonRefused,
    Window,
    shown,
)
from engine.classroom.story import Frame, Part, Quantity, Story, Term, story

__all__ = [
    "AGREED",
    "ALPHABET",
    "CLIP_RANGE",
    "EPOCHS",
    "HIDDEN_RANGE",
    "LONGEST_TEXT",
    "RATE_RANGE",
    "SEED_RANGE",
    "WINDOW_RANGE",
    "Comparison",
    "Course",
    "Frame",
    "Gradients",
    "Lesson",
    "LessonRefused",
    "Parameters",
    "Part",
    "Quantity",
    "Story",
    "Term",
    "Trace",
    "Window",
    "backward",
    "begun",
    "continued",
    "foretold",
    "forward",
    "fresh",
    "numeric_check",
    "shown",
    "story",
    "within_epoch",
]
