"""The parts of the Tunes page."""
