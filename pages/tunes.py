"""Tunes: folk tunes written from an opening, seen, heard, edited, and taken away."""

from pages.parts.frame import frame
from pages.parts.language import _
from pages.parts.session.tunes import DESK
from pages.parts.tunes.asking import asking, opening
from pages.parts.tunes.chosen import chosen
from pages.parts.tunes.takeaway import takeaway
from pages.parts.tunes.views import views
from pages.parts.tunes.writing import writing

with frame(_("Tunes")):
    asking()
    opening()
    writing()
    chosen()
    takeaway(DESK.held())
    views(DESK.held())
