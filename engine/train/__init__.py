"""Training of the chord network: `python -m engine.train chords --data songs.csv --out runs/name`.

plan       the settings of a run
batches    songs to inputs and targets
loop       the loop itself
running    a step down the gradient, what is kept, how a broken run goes on: shared with the next
curves     what it did
teachers   probabilities of trained models as soft targets
ship       a finished run becomes a checkpoint with its card

With a memory of the song: `python -m engine.train memory ...`

mixture       network and memory in torch
lessons       songs with what their memory sees, side by side
remembering   the loop
memories      runs on the published and on the live corpus
memory_cards  their checkpoints and cards

Tunes: `python -m engine.train tunes ...`

tunes      plans, runs, checkpoint and card
"""
