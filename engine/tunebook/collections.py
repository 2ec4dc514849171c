"""Where printed tunes come from: three collections inside music21's installation, others as ABC files in a folder.

music21 is never imported for it: only the place of its files is asked for.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.abc.reading import ReadTune, decoded, read


@dataclass(frozen=True, slots=True)
class Collection:
    """A source of tunes. `folder` lies in music21's corpus, else `file` in the folder of data. Tunes of a collection
    that is not `judged` are trained on, but neither validated nor tested with."""

    name: str
    title: str
    licence: str
    folder: str = ""
    file: str = ""
    judged: bool = True


COLLECTIONS = (
    Collection("oneill", "Francis O'Neill, Music of Ireland (1903), ABC by the O'Neill project; in music21's corpus",
               "public domain; free to use with music21", folder="oneills1850"),
    Collection("ryan", "William Bradbury Ryan, Ryan's Mammoth Collection (1883), ABC by Ray Davies and others; in "
               "music21's corpus",
               "public domain; free to use with music21", folder="ryansMammoth"),
    Collection("aird", "James Aird, A Selection of Scotch, English, Irish and Foreign Airs (1782 to 1803), ABC by "
               "Jack Campin; in music21's corpus", "public domain; free to use with music21", folder="airdsAirs"),
    Collection("ceol_rince", "Breandán Breathnach, Ceol Rince na hÉireann (1963 to 1999), ABC by Bill Black; "
               "polifonia-project/folk_ngram_analysis, CRE_clean.abc", "CC BY 4.0 (README), Unlicense (LICENSE)",
               file="ceol_rince.abc"),
    Collection("irish", "804 Irish session tunes; aamini/introtodeeplearning, irish.abc", "MIT", file="irish.abc",
               judged=False),
)  # fmt: skip


def printed(collection: Collection, data: Path | None) -> tuple[ReadTune, ...] | None:
    """Every tune of a collection as it is read, in the order of its files; None where it is not on this machine."""
    files = list(_files(collection, data))
    if not files:
        return None
    return tuple(tune for path in files for tune in read(decoded(path.read_bytes())))


def _files(collection: Collection, data: Path | None) -> Iterator[Path]:
    if collection.folder:
        found = importlib.util.find_spec("music21")
        for place in (found.submodule_search_locations or []) if found else []:
            yield from sorted((Path(place) / "corpus" / collection.folder).glob("*.abc"))
    elif data is not None and (data / collection.file).is_file():
        yield data / collection.file
