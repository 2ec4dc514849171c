"""Training of the chord network: `python -m engine.train chords --data songs.csv --out runs/name`.

plan       the settings of a run
batches    songs to inputs and targets
loop       the loop itself
curves     what it did
teachers   probabilities of trained models as soft targets
ship       a finished run becomes a checkpoint with its card
"""
