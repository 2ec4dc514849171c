"""How a recurrent network learns, to be looked at: back-propagation by hand, a fair comparison, the usual mistakes.

What stands here is light. `training`, `looking`, `runner` and `practice` bring torch and are imported where needed.
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
from engine.classroom.comparison import TEXT, Contest, Moment, Score, is_overfitting, pooled
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
from engine.classroom.pitfalls import PITFALLS, Choices, Pitfall, Practice, Shape, TestLine
from engine.classroom.story import Frame, Part, Quantity, Story, Term, story

__all__ = [
    "AGREED",
    "ALPHABET",
    "CLIP_RANGE",
    "EPOCHS",
    "HIDDEN_RANGE",
    "LONGEST_TEXT",
    "PITFALLS",
    "RATE_RANGE",
    "SEED_RANGE",
    "TEXT",
    "WINDOW_RANGE",
    "Choices",
    "Comparison",
    "Contest",
    "Course",
    "Frame",
    "Gradients",
    "Lesson",
    "LessonRefused",
    "Moment",
    "Parameters",
    "Part",
    "Pitfall",
    "Practice",
    "Quantity",
    "Score",
    "Shape",
    "Story",
    "Term",
    "TestLine",
    "Trace",
    "Window",
    "backward",
    "begun",
    "continued",
    "foretold",
    "forward",
    "fresh",
    "is_overfitting",
    "numeric_check",
    "pooled",
    "shown",
    "story",
    "within_epoch",
]
