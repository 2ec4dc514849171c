"""Compose: build a progression from live suggestions, hear it, see it, take it away."""

from pages.parts.bar import bar
from pages.parts.frame import frame
from pages.parts.language import _
from pages.parts.lessons import left
from pages.parts.studio import studio
from pages.parts.takeaway import exchange
from pages.parts.views import views

with frame(_("Compose")):
    for part in left([("bar", bar), ("studio", studio), ("exchange", exchange), ("views", views)]):
        part()
