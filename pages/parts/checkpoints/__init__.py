"""The checkpoint room, piece by piece."""
