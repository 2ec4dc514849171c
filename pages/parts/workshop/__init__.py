"""Train your own, piece by piece: what is chosen, what is trained, what came of it."""
