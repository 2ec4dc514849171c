"""The live corpus: songs in live tokens, from the songbook and from the published corpus's training part.

Conventions: a token depends on its chord and key alone (`theory.numeral_of`), repeats are merged, a song of fewer than
8 tokens is left out. Mode and style are tokens of their own. Songs that may be one song in two versions stand on one
side of the split; no song with a title of the published validation or test part is used. Keys are as the sources give
them; POP909's are an algorithm's, and kept because 93 % of their chords belong to them.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from engine.corpus import COLUMN, SHORTEST_SONG, held_out
from engine.errors import CorpusError, ProgressionTooLong, TheoryError
from engine.music import Chord, Key
from engine.theory import ALL_KEYS, all_numerals, numeral_of, read_chord, read_key, read_progression
from engine.tunebook.kinship import groups
from engine.vocab import MODES, SPECIAL_TOKENS, STYLES, Vocabulary
from engine.words import say

STYLE_OF_GENRE = {"jazz": "jazz", "pop/rock": "pop", "pop (zh)": "mandopop", "leadsheet": "traditional"}
GRAM = 10  # chords in a row that, shared often, make two songs one
SHARED = 0.5  # of the shorter song's runs of GRAM chords
FEWEST_KINDS = 5  # different chords in such a run: a turn that goes round proves nothing
HELD_OUT = 0.1  # of the groups for validation, and as many for the test


@dataclass(frozen=True, slots=True)
class LiveSong:
    """A song as the live model hears it; `tokens` are chords only, without mode and style."""

    title: str
    artist: str
    source: str
    style: str  # a token of STYLES
    mode: str  # a token of MODES
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveCorpus:
    """Songs in three parts that share no song nor a version of one; `report` says what was read, merged, dropped."""

    train: tuple[LiveSong, ...]
    validation: tuple[LiveSong, ...]
    test: tuple[LiveSong, ...]
    report: str


def live_vocabulary() -> Vocabulary:
    """Special tokens, modes, styles, then every numeral: the same whatever was read."""
    return Vocabulary((*SPECIAL_TOKENS, *MODES.values(), *STYLES.values(), *all_numerals()))


def read_live_corpus(songbook: Path | str, published: Path | str) -> LiveCorpus:
    """Reads both sources. Raises CorpusError when one of them is not what it is taken for."""
    counts: Counter[str] = Counter()
    forbidden, jazz = _published(Path(published), counts)
    book = list(_songbook(Path(songbook), counts))
    allowed = [song for song in book if normalised(song.title) not in forbidden]
    counts["dropped: title of the published validation or test part, songbook"] = len(book) - len(allowed)
    fitting = [song for song in jazz if normalised(song.title) not in forbidden]
    counts["dropped: title of the published validation or test part, published corpus"] = len(jazz) - len(fitting)
    songs = _without_copies([*allowed, *fitting], counts)
    train, validation, test = _parts(songs, counts)
    return LiveCorpus(tuple(train), tuple(validation), tuple(test), _report(counts, (train, validation, test)))


def normalised(title: str) -> str:
    """A title without what editions differ in: case, accents, brackets, articles, punctuation.

    >>> normalised("The Girl from Ipanema (Garota)"), normalised("Nearness Of You, The")
    ('girlfromipanema', 'nearnessofyou')
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", plain)
    plain = re.sub(r"^(?:the|a|an)\s+|,\s*(?:the|a|an)\s*$", "", plain.strip())
    bare = "".join(letter for letter in plain if letter.isalnum())
    return bare or title.strip()


def merged(tokens: Iterable[str]) -> tuple[str, ...]:
    """Each run of one token once."""
    return tuple(token for token, _ in groupby(tokens))


def _songbook(path: Path, counts: Counter[str]) -> Iterator[LiveSong]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            entries = [json.loads(line) for line in file]
    except (OSError, ValueError) as problem:
        raise CorpusError(
            say("{path} cannot be read as a songbook ({problem}).", path=str(path), problem=str(problem))
        ) from problem
    for entry in entries:
        counts[f"read: {entry['source']}"] += 1
        tokens = _tokens(entry)
        counts["chords read: songbook"] += len(entry["chords"])
        counts["chords merged into the one before: songbook"] += len(entry["chords"]) - len(tokens)
        if len(tokens) < SHORTEST_SONG:
            counts[f"dropped: fewer than {SHORTEST_SONG} chords, {entry['source']}"] += 1
            continue
        mode = (entry.get("local_keys") or [[0, entry["key"], entry["mode"]]])[0][2]
        style = STYLES[STYLE_OF_GENRE[entry["genre"]]]
        yield LiveSong(entry["title"], entry["artist"], entry["source"], style, MODES[mode], tokens)


def _tokens(entry: dict[str, object]) -> tuple[str, ...]:
    return merged(numeral_of(chord, key) for chord, key in _in_keys(entry))


def _in_keys(entry: dict[str, object]) -> Iterator[tuple[Chord, Key]]:
    """Each chord with the key that holds where it stands."""
    chords, changes = entry["chords"], entry.get("local_keys") or []
    assert isinstance(chords, list) and isinstance(changes, list)
    keys = {start: Key(tonic, mode) for start, tonic, mode in changes}
    key = Key(str(entry["key"]), "minor" if entry["mode"] == "minor" else "major")
    for at, symbol in enumerate(chords):
        key = keys.get(at, key)
        yield _known(symbol), key


@lru_cache(maxsize=4096)
def _known(symbol: str) -> Chord:
    """Symbols repeat hundreds of thousands of times: each is read once."""
    return read_chord(symbol)


def _published(path: Path, counts: Counter[str]) -> tuple[set[str], list[LiveSong]]:
    """(titles that must not be trained on, songs of the training part)."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if len((row.get(COLUMN) or "").split()) >= SHORTEST_SONG]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise CorpusError(
            say("{path} cannot be read as a table of songs ({problem}).", path=str(path), problem=str(problem))
        ) from problem
    train, others = held_out(len(rows), 0.2)
    forbidden = {normalised(rows[i]["title"]) for i in others}
    return forbidden, [song for i in train if (song := _jazz_song(rows[i], counts))]


def _jazz_song(row: dict[str, str], counts: Counter[str]) -> LiveSong | None:
    counts["read: published corpus, training part"] += 1
    mode = "minor" if row["key_mode"] == "minor" else "major"
    try:
        tonic = read_key(row["key_estimada"].removesuffix("m")).tonic
    except TheoryError:
        counts["dropped: key not readable, published corpus"] += 1
        return None
    key = next((k for k in ALL_KEYS if (k.pitch_class, k.mode) == (Key(tonic).pitch_class, mode)), Key(tonic))
    try:
        reading = read_progression(row["chordprog"], key)
    except ProgressionTooLong:
        counts["dropped: more chords than a progression may have, published corpus"] += 1
        return None
    counts["chords not readable, left out: published corpus"] += len(reading.problems)
    counts["chords read: published corpus"] += len(reading.chords)
    tokens = merged(numeral_of(chord, key) for chord in reading.chords if not chord.is_silent)
    counts["chords merged into the one before: published corpus"] += len(reading.chords) - len(tokens)
    if len(tokens) < SHORTEST_SONG:
        counts[f"dropped: fewer than {SHORTEST_SONG} chords, published corpus"] += 1
        return None
    return LiveSong(row["title"], row["composedby"], "published", STYLES["jazz"], MODES[mode], tokens)


def _without_copies(songs: Sequence[LiveSong], counts: Counter[str]) -> list[LiveSong]:
    """One of each: the same title with the same chords."""
    kept: dict[tuple[str, tuple[str, ...]], LiveSong] = {}
    for song in songs:
        kept.setdefault((normalised(song.title), song.tokens), song)
    counts["dropped: the same title with the same chords"] = len(songs) - len(kept)
    return list(kept.values())


def _parts(songs: Sequence[LiveSong], counts: Counter[str]) -> tuple[list[LiveSong], list[LiveSong], list[LiveSong]]:
    """Whole groups, by a fingerprint of the group's first title; songs held out come from the songbook alone."""
    train: list[LiveSong] = []
    validation: list[LiveSong] = []
    test: list[LiveSong] = []
    found = versions(songs)
    counts["groups of versions of one song"] = sum(len(group) > 1 for group in found)
    for group in found:
        place = _place(min(normalised(song.title) for song in group))
        if place >= 2 * HELD_OUT:
            train.extend(group)
            continue
        held = [song for song in group if song.source != "published"]
        counts["dropped: a version of a held out song, published corpus"] += len(group) - len(held)
        (test if place < HELD_OUT else validation).extend(held)
    return train, validation, test


def _place(title: str) -> float:
    """From 0 up to 1, by the title alone, so that a song stays where it is when others are added."""
    return int.from_bytes(hashlib.sha256(title.encode()).digest()[:6], "big") / 2**48


def versions(songs: Sequence[LiveSong]) -> list[list[LiveSong]]:
    """Groups of songs that may be one: equal titles, or many long runs of chords in common. In the order of songs."""
    kin = groups(len(songs), (*_same_titles(songs), *_same_runs(songs)))
    return [[songs[i] for i in group] for group in kin]


def _same_titles(songs: Sequence[LiveSong]) -> Iterator[tuple[int, int]]:
    seen: dict[str, int] = {}
    for i, song in enumerate(songs):
        title = normalised(song.title)
        if title in seen:
            yield seen[title], i
        seen.setdefault(title, i)


def _same_runs(songs: Sequence[LiveSong]) -> Iterator[tuple[int, int]]:
    runs = [_runs(song.tokens) for song in songs]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, own in enumerate(runs):
        for run in own:
            holders[run].append(i)
    shared: Counter[tuple[int, int]] = Counter()
    for songs_of_run in holders.values():
        shared.update((a, b) for k, a in enumerate(songs_of_run) for b in songs_of_run[k + 1 :])
    for (a, b), count in shared.items():
        if count >= SHARED * min(len(runs[a]), len(runs[b])):
            yield a, b


def _runs(tokens: Sequence[str]) -> set[tuple[str, ...]]:
    windows = (tuple(tokens[at : at + GRAM]) for at in range(len(tokens) - GRAM + 1))
    return {window for window in windows if len(set(window)) >= FEWEST_KINDS}


def _report(counts: Counter[str], parts: Sequence[Sequence[LiveSong]]) -> str:
    lines = [f"{count:>8,}  {name}" for name, count in sorted(counts.items()) if count]
    for name, part in zip(("train", "validation", "test"), parts, strict=True):
        by_source = ", ".join(f"{source} {count}" for source, count in Counter(s.source for s in part).most_common())
        lines.append(f"{len(part):>8,}  songs to {name}: {sum(len(s.tokens) for s in part):,} chords ({by_source})")
    return "\n".join(lines)
