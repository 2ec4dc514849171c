"""A recurrent network over tokens with further ids beside them: shared by the tunes, the notes and the classroom.

    sizes        the sizes, the shapes of weights that follow, other cells of equal size
    plan         lessons and the settings of a run
    steps        the network in NumPy: many sequences a step, one sequence, a long prefix
    quantized    the same in whole numbers, for writing: exact, and several times as quick
    network      the network in torch
    schema, child, checkpoint, vocabulary    the published file format: written, checked, read as a TokenModel
    batches, evaluation, curves, training    how it learns (torch)

Importing this package does without torch; `network`, `training` and `evaluation` are imported by those who need them.
"""

from engine.cells import Cell
from engine.recurrent.plan import Lesson, Plan
from engine.recurrent.sizes import Sizes, matched, parameters, shapes_of
from engine.recurrent.steps import State, Steps, picked, steps_of

__all__ = [
    "Cell",
    "Lesson",
    "Plan",
    "Sizes",
    "State",
    "Steps",
    "matched",
    "parameters",
    "picked",
    "shapes_of",
    "steps_of",
]
