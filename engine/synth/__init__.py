"""MIDI to sound."""
