"""No gap between the languages: every sentence of the app stands in every translation, whole and current."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator

import pytest

from engine.words import say
from scripts.messages import (
    LANGUAGES,
    ROOT,
    collected,
    po_path,
    po_text,
    read_compiled,
    read_translations,
    sources,
    words_of,
)

EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)

# Words that a Spanish-speaking musician writes as an English-speaking one does, and templates of fields alone.
SAME_IN_SPANISH = {
    "Am F C G7 · | Dm7 G7 | C % | · I V vi IV · Do Sol Lam Fa",
    "Banjo",
    "Canon",
    "Concertina",
    "Do Re Mi",
    "Doo-wop: I–vi–IV–V",
    "General MIDI {number}",
    "Hornpipe",
    "Jazz",
    "Mandopop",
    "Material",
    "Piano",
    "Piano roll",
    "Polka",
    "Reel",
    "Slide",
    "Slip jig",
    "Strathspey",
    "Tempo",
    "Top k",
    "Top p",
    "dB",
    "{found} {why}",
    "{name}",
    "{name}: {why}",
    "{title}.",
}


def fields(template: str) -> set[str]:
    """Names of the fields in a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def translations(language: str) -> dict[str, str]:
    return {str(sentence): str(words) for sentence, words in words_of(read_translations(language)).items()}


def test_sentences_are_found_in_engine_and_pages() -> None:
    sentences = words_of(collected())
    assert "all others" in sentences  # engine/plots
    assert "Compose" in sentences  # pages
    assert len(sentences) > 20


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of one of the names in the app, with its place."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def literal(call: ast.Call) -> str | None:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_every_sentence_is_a_literal_that_the_extractor_sees() -> None:
    assert [place for place, call in calls("say", "words.say", "_", "language._") if literal(call) is None] == []


def test_the_extractor_sees_every_sentence() -> None:
    """Within an f-string it does not, up to Python 3.11."""
    seen = words_of(collected())
    hidden = [place for place, call in calls("say", "words.say", "_", "language._") if literal(call) not in seen]
    assert hidden == []


def test_every_field_of_a_sentence_is_given() -> None:
    """say("{n} chords") without n would fail only when it is shown."""
    wrong = []
    for place, call in calls("say"):
        given = {keyword.arg for keyword in call.keywords}
        if None not in given and fields(literal(call) or "") != given:
            wrong.append(place)
    assert wrong == []


@EACH_LANGUAGE
def test_every_sentence_is_translated_and_none_is_left_over(language: str) -> None:
    there = translations(language)
    wanted = {str(sentence) for sentence in words_of(collected())}
    assert sorted(wanted - set(there)) == [], "run `make messages` and translate"
    assert sorted(set(there) - wanted) == [], "run `make messages`"
    assert sorted(sentence for sentence, words in there.items() if not words.strip()) == []


@EACH_LANGUAGE
def test_nothing_is_fuzzy_or_obsolete(language: str) -> None:
    catalogue = read_translations(language)
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


@EACH_LANGUAGE
def test_fields_survive_translation(language: str) -> None:
    for sentence, words in translations(language).items():
        assert fields(words) == fields(sentence), sentence


@EACH_LANGUAGE
def test_marks_of_emphasis_and_spaces_at_the_ends_survive_translation(language: str) -> None:
    for sentence, words in translations(language).items():
        assert words.count("**") == sentence.count("**"), sentence
        assert (words[:1] == " ", words[-1:] == " ") == (sentence[:1] == " ", sentence[-1:] == " "), sentence


@EACH_LANGUAGE
def test_the_compiled_file_says_what_the_written_one_says(language: str) -> None:
    compiled = read_compiled(po_path(language).with_suffix(".mo"))
    assert words_of(compiled) == words_of(read_translations(language))


@EACH_LANGUAGE
def test_the_written_file_is_as_the_script_writes_it(language: str) -> None:
    assert po_path(language).read_text("utf-8") == po_text(read_translations(language))


def test_spanish_is_spanish() -> None:
    there = translations("es")
    copied = {sentence for sentence, words in there.items() if words == sentence}
    assert copied == SAME_IN_SPANISH
    for sentence, words in there.items():
        assert words.count("?") == words.count("¿"), sentence
        assert words.count("!") == words.count("¡"), sentence


def test_a_sentence_of_the_engine_is_told_in_spanish() -> None:
    assert say("all others").text(translations("es").__getitem__) == "todos los demás"


def test_the_technical_name_of_a_take_is_one_term() -> None:
    told = {str(message.id): str(message.string) for message in read_translations("es") if message.id}
    named = {told[template].rpartition("(")[2] for template in told if template.endswith("(Random seed)")}
    assert named == {"Semilla aleatoria)"}
