"""Train your own: a visitor's music, a small network, a line that keeps thirty of them from sinking the machine.

    material, bringing, builtin (songs, melody)   what is learned from, under limits
    choices, teaching, gauge                      the network, its lessons, what it costs in time and memory
    line, shop (rooms, process, folder, table)    who trains when; children, their folders, runs compared
    child, training, telling, sampling            in a training's own process: the only part that loads torch
    hearing, using                                what a network wrote, as music; a model of one's own, used at once
    inspecting, checks, portrait                  the checkpoint room: a file check by check, and what its model is like

Nothing here waits for a training: the page asks how far it is.
"""

from engine.workshop.checks import Check, Inspection
from engine.workshop.choices import (
    CELLS,
    LAYERS,
    LONGEST_TRAINING,
    MOST_EPOCHS,
    MOST_SEED,
    WIDTHS,
    Choice,
    Epoch,
    Estimate,
    Progress,
    Run,
    Sample,
    View,
)
from engine.workshop.line import Place
from engine.workshop.material import Kind, Material

__all__ = [
    "CELLS",
    "LAYERS",
    "LONGEST_TRAINING",
    "MOST_EPOCHS",
    "MOST_SEED",
    "WIDTHS",
    "Check",
    "Choice",
    "Epoch",
    "Estimate",
    "Inspection",
    "Kind",
    "Material",
    "Place",
    "Progress",
    "Run",
    "Sample",
    "View",
]
