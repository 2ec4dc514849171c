"""Pieces to learn notes from: where they come from, which of them are kin, which part each belongs to.

sources   melodies from an archive of MIDI files, Bach's chorales from music21's folder (music21 itself is not run)
split     families of pieces that share a run of intervals, and three parts that no family straddles
"""

from engine.repertoire.sources import Repertoire, Work, read_chorales, read_melodies
from engine.repertoire.split import Split, families, pieces_for, split_of

__all__ = ["Repertoire", "Split", "Work", "families", "pieces_for", "read_chorales", "read_melodies", "split_of"]
