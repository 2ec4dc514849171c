"""Collects the sentences of the app and keeps its translations: `make messages`.

Every `say("...")` of the engine and every `_("...")` of the pages belongs in assets/locale/<language>/LC_MESSAGES/
cadencia.po: new sentences come in empty, vanished ones go. The file is compiled to cadencia.mo beside it, which the app
reads. Neither holds dates, versions or line numbers, so the files change only when words do.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "assets" / "locale"
LANGUAGES = ("es",)
KEYWORDS = {"say": None, "_": None, "ngettext": (1, 2)}
HEADER = "# Translations of Cadencia. English is the source; `make messages` brings this file up to date."
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator")


def sources() -> Iterator[Path]:
    """All files that may hold sentences, in a stable order."""
    yield ROOT / "app.py"
    for folder in ("engine", "pages"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def collected() -> Catalog:
    """All sentences of the sources."""
    catalogue = Catalog(domain="cadencia")
    for path in sources():
        for _line, message, _comments, context in extract_from_file("python", path, KEYWORDS):
            catalogue.add(message, context=context)
    return catalogue


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "cadencia.po"


def read_translations(language: str) -> Catalog:
    """The .po file, or a new catalogue where there is none."""
    if not po_path(language).exists():
        return Catalog(locale=language, domain="cadencia", header_comment=HEADER, fuzzy=False)
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain="cadencia")


def po_text(catalogue: Catalog) -> str:
    """The .po file's text, sentences in alphabetical order."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = buffer.getvalue().decode("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in VOLATILE)))


def words_of(catalogue: Catalog) -> dict[object, object]:
    """Sentence and translation, the header left out."""
    return {message.id: message.string for message in catalogue if message.id}


def update(language: str) -> Catalog:
    """Brings the .po and the .mo file of a language up to date and gives what they hold."""
    catalogue = read_translations(language)
    catalogue.update(collected(), no_fuzzy_matching=True)
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(po_text(catalogue), encoding="utf-8")
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or words_of(read_compiled(compiled)) != words_of(catalogue):
        with compiled.open("wb") as file:
            write_mo(file, catalogue)
    return catalogue


def read_compiled(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_mo(file)


def main() -> int:
    missing = 0
    for language in LANGUAGES:
        catalogue = update(language)
        empty = [message.id for message in catalogue if message.id and not message.string]
        print(f"{language}: {len(catalogue) - len(empty)} of {len(catalogue)} sentences are translated")
        for sentence in empty:
            print(f"  missing: {sentence}")
        missing += len(empty)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
