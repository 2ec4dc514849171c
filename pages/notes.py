"""Notes: continue a melody or a chorale, see it, change it, hear it, take it away."""

from pages.parts.frame import frame
from pages.parts.language import _
from pages.parts.notes.controls import controls
from pages.parts.notes.opening import opening
from pages.parts.notes.stage import stage

with frame(_("Notes")):
    controls()
    opening()
    stage()
