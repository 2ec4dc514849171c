"""Material and network, and what the training will cost."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from engine.workshop import (
    CELLS,
    LAYERS,
    LONGEST_TRAINING,
    MOST_EPOCHS,
    MOST_SEED,
    WIDTHS,
    Choice,
    Estimate,
    Material,
    Place,
)
from pages.parts import session
from pages.parts.frame import complain, telling, when_changed
from pages.parts.kept import workshop as kept
from pages.parts.language import _, bold, tell_safely, whole
from pages.parts.session import workshop as state
from pages.parts.session.workshop import DESK
from pages.parts.workshop.words import minutes

FIELD = 132  # pixels, as high as the file field beside it


def choosing() -> None:
    """Two cards side by side, one under the other on a phone; below them the price and the button."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        reading = _material()
    with right, st.container(border=True, height="stretch"):
        _network()
    if reading.problem is not None:
        complain(reading.problem)
    if reading.material is not None:
        _start(reading.material, DESK.held().choice)


def _material() -> kept.Reading:
    wish = DESK.held()
    st.markdown(bold(_("What it learns from")))
    kinds = {"chords": _("Chords"), "tunes": _("Tunes"), "notes": _("Notes")}
    _choice(_("Kind"), "kind", kinds, wish.kind)
    sources = {"house": _("A set that is here"), "paste": _("Paste"), "files": _("Files")}
    if wish.kind == "notes":
        del sources["paste"]
    _choice(_("From"), "source", sources, wish.source if wish.source in sources else "files")
    reading = _read(wish)
    if reading.material is not None:
        _told(reading.material)
    return reading


def _read(wish: state.Wish) -> kept.Reading:
    if wish.source == "house":
        return kept.house_material(wish.kind)
    if wish.source == "paste" and wish.kind != "notes":
        labels = {"chords": _("Songs, one a line"), "tunes": _("Tunes in ABC")}
        hints = {"chords": "| Am | F | C | G7 |\n| Dm7 | G7 | Cmaj7 | % |", "tunes": "X:1\nM:6/8\nL:1/8\nK:D\n…"}
        text = st.text_area(labels[wish.kind], key=f"train_{wish.kind}", placeholder=hints[wish.kind], height=FIELD)
        return kept.pasted_material(wish.kind, text) if text and text.strip() else kept.Reading()
    endings = kept.file_endings(wish.kind)
    files = st.file_uploader(
        _("Files: {endings}").format(endings=", ".join(f".{ending}" for ending in endings)),
        type=endings,
        accept_multiple_files=True,
        key=f"train_files_{wish.kind}",
    )
    return kept.file_material(wish.kind, tuple((file.name, file.getvalue()) for file in files)) if files else (
        kept.Reading()
    )  # fmt: skip


def _told(material: Material) -> None:
    words = _("{name}: {pieces} pieces, {tokens} signs, {kinds} different.")
    st.caption(
        words.format(
            name=tell_safely(material.name),
            pieces=whole(len(material.pieces)),
            tokens=whole(material.tokens),
            kinds=material.kinds,
        )
    )
    for sentence in material.told:
        st.caption(tell_safely(sentence))


def _network() -> None:
    choice = DESK.held().choice
    st.markdown(bold(_("The network")))
    cells = {"rnn": _("Plain RNN"), "gru": "GRU", "lstm": "LSTM"}
    _choice(_("Cell"), "cell", {cell: cells[cell] for cell in CELLS}, choice.cell)
    left, right = st.columns(2)
    with left:
        _slider(_("Width"), "width", WIDTHS, choice.width, _("How many numbers it thinks in at once. (Hidden size)"))
    with right:
        _slider(_("Layers"), "layers", LAYERS, choice.layers, _("How many of its kind stand on each other."))
    with left:
        st.slider(
            _("Rounds"),
            1,
            MOST_EPOCHS,
            key=session.mirror("train_epochs", choice.epochs),
            on_change=when_changed("train_epochs", partial(_choose, "epochs")),
            help=_("How often it goes through all of it. (Epochs)"),
        )
    with right:
        st.number_input(
            _("Take"),
            0,
            MOST_SEED,
            key=session.mirror("train_seed", choice.rng_seed),
            on_change=when_changed("train_seed", partial(_choose, "rng_seed")),
            help=_("The same take of the same material is the same network. (Random seed)"),
        )


def _choice(label: str, name: str, options: dict[str, str], chosen: str) -> None:
    st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=session.mirror(f"train_{name}", chosen),
        on_change=when_changed(f"train_{name}", partial(_choose, name)),
        width="stretch",
    )


def _slider(label: str, name: str, options: tuple[int, ...], chosen: int, meaning: str) -> None:
    st.select_slider(
        label,
        options,
        key=session.mirror(f"train_{name}", chosen),
        on_change=when_changed(f"train_{name}", partial(_choose, name)),
        help=meaning,
    )


def _choose(name: str, value: object) -> None:
    """A press on what is chosen already takes the choice away: then it stays."""
    wish = DESK.held()
    if value is None:
        return
    DESK.put(replace(wish, **{name: value}) if name in ("kind", "source") else wish.with_choice(name, value))  # type: ignore[arg-type]


def _start(material: Material, choice: Choice) -> None:
    estimate = kept.estimate(material, choice)
    view = kept.shop().look(state.visitor())
    busy = view is not None and not view.is_over
    too_long = estimate.seconds > LONGEST_TRAINING
    with st.container(horizontal=True, vertical_alignment="center", key="train_start"):
        st.button(
            _("Train"), type="primary", disabled=busy or too_long, on_click=_enter, args=(material, choice),
            key="train_enter", icon=":material/model_training:",
        )  # fmt: skip
        st.caption(_price(estimate) + ("" if busy else " " + _wait(kept.shop().newcomer())))
    if too_long:
        st.caption(
            _("A training may take {limit} here. Fewer rounds, less width or less music make it shorter.").format(
                limit=minutes(LONGEST_TRAINING)
            )
        )


def _price(estimate: Estimate) -> str:
    words = _("About {time} of training, {memory} MB of memory, {numbers} numbers to learn.")
    return words.format(
        time=minutes(estimate.seconds), memory=round(estimate.megabytes), numbers=whole(estimate.parameters)
    )


def _wait(place: Place) -> str:
    if place.works:
        return _("It can begin at once.")
    return _("You would be number {number} in the line, for about {time}.").format(
        number=place.ahead, time=minutes(place.wait)
    )


@telling
def _enter(material: Material, choice: Choice) -> None:
    session.begin_action()
    state.state().run = kept.enter(state.visitor(), material, choice)
