"""Writes tunes: what the model is told of the past, sampling, likeness to the corpus (NumPy only)."""
