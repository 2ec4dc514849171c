"""Continues melodies and four-part chorales, and harmonises melodies: recurrent networks over notes, in NumPy."""
