"""The live corpus: tokens follow local keys, repeats are merged, forbidden titles stay out, versions stay together."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from engine.corpus import SHORTEST_SONG, held_out
from engine.errors import CorpusError
from engine.songbook import LiveCorpus, LiveSong, live_vocabulary, merged, normalised, read_live_corpus, versions
from engine.theory import ALL_KEYS, chord_of, numeral_of, write_chord

ROUND = ["C", "Am", "Dm7", "G7", "Em", "A7", "F", "Fm"]
PUBLISHED = 30  # rows


def entry(title: str, chords: list[str], **changes: Any) -> dict[str, Any]:
    made = {"id": title, "title": title, "artist": "", "source": "billboard", "genre": "pop/rock", "key": "C"}
    return made | {"mode": "major", "chords": chords} | changes


def written(folder: Path, entries: list[dict[str, Any]], charts: dict[int, str] | None = None) -> LiveCorpus:
    """The corpus of some songbook entries beside a published table of made tunes, each with a song of its own."""
    book, table = folder / "book.jsonl.gz", folder / "table.csv"
    with gzip.open(book, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in entries)
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, ["title", "composedby", "chordprog", "key_mode", "key_estimada", "funcional_prog"])
        rows.writeheader()
        for i in range(PUBLISHED):
            chart = (charts or {}).get(i, "| " + " | ".join(ROUND[i % 8 :] + ROUND[: i % 8]) + " |")
            rows.writerow(
                {"title": f"Tune {i}", "composedby": "", "chordprog": chart, "key_mode": "major",
                 "key_estimada": "C", "funcional_prog": " ".join(["I"] * SHORTEST_SONG)}
            )  # fmt: skip
    return read_live_corpus(book, table)


def everything(corpus: LiveCorpus) -> dict[str, LiveSong]:
    return {song.title: song for song in (*corpus.train, *corpus.validation, *corpus.test)}


def test_tokens_are_relative_to_the_key_and_merged(tmp_path: Path) -> None:
    song = everything(written(tmp_path, [entry("One", ["C", "C", *ROUND[1:], "F", "F"])]))["One"]
    assert song.tokens == ("I", "vim", "iim7", "V7", "iiim", "VI7", "IV", "ivm", "IV")
    assert (song.mode, song.style) == ("<major>", "<pop>")


def test_local_keys_hold_from_where_they_stand(tmp_path: Path) -> None:
    chords = [*ROUND, "D", "A7", "D", "Bm"]
    changes = [[0, "C", "major"], [8, "D", "major"]]
    song = everything(written(tmp_path, [entry("One", chords, local_keys=changes)]))["One"]
    assert song.tokens[8:] == ("I", "V7", "I", "vim")


def test_transposed_songs_have_the_same_tokens(tmp_path: Path) -> None:
    """The law that makes suggestions the same in every key."""
    entries = []
    for key in ALL_KEYS[:12]:
        chords = [
            write_chord(chord_of(numeral, key)) for numeral in ("I", "vim", "iim7", "V7", "IV", "ivm", "bVII", "I")
        ]
        entries.append(entry(f"In {key.pitch_class}", chords, key=key.tonic, mode=key.mode))
    songs = [song for title, song in everything(written(tmp_path, entries)).items() if title.startswith("In ")]
    assert len(songs) == 12
    assert len({song.tokens for song in songs}) == 1


def test_titles_held_out_of_the_published_corpus_are_not_read(tmp_path: Path) -> None:
    train, rest = held_out(PUBLISHED, 0.2)
    entries = [entry(f"tune {i}", [*ROUND, "Bb", chord]) for i in (train[0], rest[0]) for chord in ("Eb", "Ab")]
    corpus = written(tmp_path, entries)
    titles = {normalised(song.title) for song in everything(corpus).values()}
    assert f"tune{train[0]}" in titles
    assert not {f"tune{i}" for i in rest} & titles
    assert "dropped: title of the published validation or test part, songbook" in corpus.report


def test_versions_of_a_song_stand_on_one_side(tmp_path: Path) -> None:
    entries = [entry(f"Song {i}", [*ROUND, chord, "C"]) for i in range(40) for chord in ("Eb", "Ab")]
    corpus = written(tmp_path, entries)
    parts = [{normalised(song.title) for song in part} for part in (corpus.train, corpus.validation, corpus.test)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]


def test_long_runs_in_common_make_one_song_of_two() -> None:
    long = tuple(f"{degree}{quality}" for degree in ("I", "IV", "V", "bVII") for quality in ("", "7", "6", "sus"))
    songs = [
        LiveSong("First", "", "a", "<jazz>", "<major>", long),
        LiveSong("Another name", "", "b", "<jazz>", "<major>", ("iim", *long[:14])),
        LiveSong("A vamp", "", "c", "<jazz>", "<major>", ("I", "IV") * 20),
        LiveSong("The same vamp", "", "d", "<jazz>", "<major>", ("I", "IV") * 20),
    ]
    assert [[song.title for song in group] for group in versions(songs)] == [
        ["First", "Another name"], ["A vamp"], ["The same vamp"],
    ]  # fmt: skip


def test_nothing_held_out_comes_from_the_published_corpus(tmp_path: Path) -> None:
    corpus = written(tmp_path, [entry("One", ROUND)])
    assert not [song for song in (*corpus.validation, *corpus.test) if song.source == "published"]


def test_short_songs_and_copies_are_dropped_and_said(tmp_path: Path) -> None:
    corpus = written(tmp_path, [entry("Short", ["C", "G"]), entry("Same", ROUND), entry("same", ROUND)])
    assert "Short" not in everything(corpus)
    assert "dropped: fewer than 8 chords, billboard" in corpus.report
    assert "1  dropped: the same title with the same chords" in corpus.report


def test_files_that_are_something_else_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no.gz").write_text("no")
    with pytest.raises(CorpusError):
        read_live_corpus(tmp_path / "no.gz", tmp_path / "missing.csv")


def test_the_vocabulary_is_the_same_for_everyone() -> None:
    vocabulary = live_vocabulary()
    assert len(vocabulary) == 4 + 2 + 4 + 180
    for key in (ALL_KEYS[0], ALL_KEYS[17]):
        numerals = vocabulary.tokens[10:]
        assert [numeral_of(chord_of(numeral, key), key) for numeral in numerals] == list(numerals)


def test_merging() -> None:
    assert merged(["I", "I", "V", "I", "I"]) == ("I", "V", "I")
