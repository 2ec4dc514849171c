"""One function for each address: a form in, an answer out, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from threading import BoundedSemaphore
from typing import Any

from engine.api.forms import (
    ContinueAnswer,
    ContinueForm,
    ModelCard,
    ModelsAnswer,
    Sounding,
    SuggestAnswer,
    Suggested,
    SuggestForm,
    TranscribeAnswer,
    TranscribeForm,
)
from engine.api.reading import Read, model_named, model_names, read
from engine.api.refusals import about
from engine.compose import Listener, advise_by, listen, remembers, styles
from engine.generate import Continuation, Wish, continued, redrawn
from engine.music import Key, Progression
from engine.theory import name_for_display, numeral_of, published_tokens, write_chord

_at_work = BoundedSemaphore(2)  # searches at once: more would only slow each other down


def models() -> ModelsAnswer:
    """What ships, as its cards say."""
    return ModelsAnswer(models=[_card(name) for name in model_names()])


def _card(name: str) -> ModelCard:
    model = model_named(name)
    return ModelCard(
        name=name,
        what=str(model.card.get("what", "")),
        vocabulary=str(model.card.get("vocabulary", "")),
        tokens=len(model.vocabulary),
        styles=list(styles(model)),
        memory=remembers(model),
        data=_sources(model.card.get("data")),
    )


def _sources(data: object) -> list[str]:
    """A card names one corpus with its licence, or lists several."""
    if isinstance(data, Mapping):
        return [f"{data.get('corpus', '')}: {data.get('licence', '')}"]
    return [str(source) for source in data] if isinstance(data, list) else []


def suggest(form: SuggestForm) -> SuggestAnswer:
    """What may come after a context, or fits between it and what follows."""
    found = read(form, form.key, context=form.context, after=form.after)
    before, after = found.slots
    with _at_work:
        advice = advise_by(
            _listener(form, found.key),
            Progression(found.key, before),
            len(before),
            k=form.k,
            temperature=form.temperature,
            repetition=form.repetition,
            notation=form.notation,
            filters=form.filters,
            after=tuple(slot.chord for slot in after if not slot.chord.is_silent),
        )
    suggestions = [
        Suggested(
            chord=write_chord(item.chord, form.notation),
            numeral=item.numeral,
            probability=item.probability,
            function=item.function,
            reason=str(item.reason),
        )
        for item in advice.suggestions
    ]
    notice = str(advice.notice) if advice.notice else None
    rest, left_out = advice.rest, advice.left_out
    return SuggestAnswer(
        model=form.model or model_names()[0],
        suggestions=suggestions,
        rest=rest,
        left_out=left_out,
        notice=notice,
        **_common(found),
    )


def continue_(form: ContinueForm) -> ContinueAnswer:
    """More bars, or the same ones with some chords anew."""
    found = read(form, form.key, (form.beats_per_bar, form.beats_per_chord), context=form.context)
    with _at_work:
        continuation = _continuation(form, _listener(form, found.key), Progression(found.key, found.slots[0]))
    return ContinueAnswer(
        model=form.model or model_names()[0],
        text=" ".join(write_chord(chord, form.notation) for chord in continuation.progression.chords),
        chords=_sounding(continuation, form),
        rng_seed=continuation.rng_seed,
        log_probability=continuation.log_probability,
        **_common(found),
    )


def _continuation(form: ContinueForm, listener: Listener, opening: Progression) -> Continuation:
    wish = Wish(
        rng_seed=form.rng_seed,
        cadence=form.cadence,
        search=form.search,
        temperature=form.temperature,
        top_p=form.top_p,
        repetition=form.repetition,
        filters=tuple(form.filters),
    )
    if form.locked is None:
        beats = {"beats_per_bar": form.beats_per_bar, "beats_per_chord": form.beats_per_chord}
        return continued(listener, opening, form.bars, wish, **beats)
    with about("locked", form.locked, ContinueForm):
        return redrawn(listener, opening, {number - 1 for number in form.locked}, wish)


def _sounding(continuation: Continuation, form: ContinueForm) -> list[Sounding]:
    progression, new = continuation.progression, set(continuation.drawn)
    return [
        Sounding(
            chord=write_chord(slot.chord, form.notation),
            numeral=name_for_display(slot.chord, progression.key, after),
            beats=slot.beats,
            new=i in new,
        )
        for i, (slot, after) in enumerate(zip_longest(progression, progression.chords[1:]))
    ]


def transcribe(form: TranscribeForm) -> TranscribeAnswer:
    """Letters to numerals and back; the published vocabulary leaves rests out."""
    found = read(form, form.key, text=form.text)
    chords = tuple(slot.chord for slot in found.slots[0])
    if form.to == "numerals":
        written: Sequence[str] = [numeral_of(chord, found.key) for chord in chords]
    elif form.to == "published":
        written = published_tokens(chords, found.key)
    else:
        written = [write_chord(chord, form.to) for chord in chords]
    return TranscribeAnswer(text=" ".join(written), chords=list(written), **_common(found))


def _common(found: Read) -> dict[str, Any]:
    return {
        "key": f"{found.key.tonic} {found.key.mode}",
        "key_confidence": found.confidence,
        "notes": [str(note) for note in found.notes],
    }


def _listener(form: SuggestForm | ContinueForm, key: Key) -> Listener:
    model = model_named(form.model or model_names()[0])
    with about("style", form.style, type(form)):
        listen(model, key, style=form.style)
    colour = None if form.colour == "own" else form.colour
    with about("memory", form.memory, type(form)):
        return listen(model, key, colour=colour, style=form.style, memory=form.memory)
