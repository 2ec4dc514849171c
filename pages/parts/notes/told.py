"""What became of an order, in one quiet line below the roll."""

from __future__ import annotations

from pages.parts.kept import notes as kept
from pages.parts.language import _
from pages.parts.notes.writing import chosen
from pages.parts.session.notes import Stand, state

RANGES = (0.15, 0.4, 0.85)  # shares of the bars up to which they are few, some, many; beyond nearly all
AS_OFTEN = 0.03  # of the bars: closer than that nobody hears a difference to real pieces


def told(stand: Stand) -> str:
    """What became of it: which take it is, how it ended, how often a bar came twice. Empty before anything is."""
    written, order = chosen(stand), stand.sketch.order
    if written is None or order is None:
        return ""
    words = [_("Take {number}").format(number=written.rng_seed)]
    if order == state().halted:
        words.append(_("stopped early"))
    elif written.ended and not written.given:
        words.append(_("it came to its end by itself"))
    if written.repeated_bars is not None:
        words.append(repeats(written.repeated_bars, kept.real_repeats(order.form)))
    return " · ".join(words)


def repeats(share: float, real: float | None) -> str:
    """How many of the bars are as the bar before, in words; beside real pieces where their share is known."""
    words = _how_many(share)
    if real is None:
        return words
    if abs(share - real) <= AS_OFTEN:
        return words + _(", as in real pieces")
    return words + (_(", more than in real pieces") if share > real else _(", fewer than in real pieces"))


def _how_many(share: float) -> str:
    """The end of each range belongs to the smaller word."""
    if share <= 0:
        return _("no bar repeats the bar before")
    if share >= 1:
        return _("every bar repeats the bar before")
    few, some, many = RANGES
    if share <= few:
        return _("few bars repeat the bar before")
    if share <= some:
        return _("some bars repeat the bar before")
    return _("many bars repeat the bar before") if share <= many else _("nearly all bars repeat the bar before")


def measured(stand: Stand) -> str | None:
    """The same in figures, for those who want to know."""
    written, order = chosen(stand), stand.sketch.order
    if written is None or order is None or written.repeated_bars is None:
        return None
    real = kept.real_repeats(order.form)
    figures = _("Bars as the bar before: {share}.").format(share=_percent(written.repeated_bars))
    beside = _("In pieces the model never saw: {share}.").format(share=_percent(real)) if real is not None else ""
    return f"{figures} {beside}".strip()


def _percent(share: float) -> str:
    """As many digits as matter.

    >>> _percent(0.0034), _percent(0.25), _percent(0.0)
    ('0.3 %', '25 %', '0 %')
    """
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"
