"""Harmony: chord symbols, keys, numerals, functions and reasons.

The only room that translates between the models' language (numerals, free of key) and the musician's (symbols in a
key).

    names, intervals          how notes and chord tones are spelled
    symbols (suffix, parts)   one chord symbol, in and out; harte: research labels; nearest: for a refused one
    keys, keyfinding          scales, spelling, transposing, finding the key
    numerals, published       the live and the published vocabulary
    functions, reasons        what a chord does, and why it is suggested (steps: from chord to chord)
    slashes                   how a chart writes lengths
    reading (tokens, chart)   a whole pasted progression; lines: what has bars; scripts: how notes are written
    headers, prose, remarks   what in it is about the song, which words are lyrics, what is said in brackets (told)
"""

from engine.theory.functions import function_of, is_blues, name_for_display, prepares, target_of
from engine.theory.intervals import chord_tones, pitch_classes
from engine.theory.keyfinding import find_key
from engine.theory.keys import ALL_KEYS, parallel, read_key, respell, scale, spell, transpose, usual
from engine.theory.names import Notation, in_type, write_note
from engine.theory.numerals import all_numerals, chord_of, numeral_of
from engine.theory.published import Colour, chord_of_published, published_tokens
from engine.theory.reading import MAX_TEXT, ProgressionReading, read_progression
from engine.theory.reasons import reason
from engine.theory.symbols import display_parts, in_notation, read_chord, write_chord

__all__ = [
    "ALL_KEYS",
    "MAX_TEXT",
    "Colour",
    "Notation",
    "ProgressionReading",
    "all_numerals",
    "chord_of",
    "chord_of_published",
    "chord_tones",
    "display_parts",
    "find_key",
    "function_of",
    "in_notation",
    "in_type",
    "is_blues",
    "name_for_display",
    "numeral_of",
    "parallel",
    "pitch_classes",
    "prepares",
    "published_tokens",
    "read_chord",
    "read_key",
    "read_progression",
    "reason",
    "respell",
    "scale",
    "spell",
    "target_of",
    "transpose",
    "usual",
    "write_chord",
    "write_note",
]
