"""Finding the key of a progression, with an honest share of belief."""
