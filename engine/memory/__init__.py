"""What the song so far says about its next chord, and how a network's own belief is mixed with it.

recall     what is like now, earlier in the song: alignments, returns, sections (NumPy)
pointer    the mixture for one song, one chord at a time (NumPy), for live prediction
hearing    a song heard by network and memory together
sizes      the sizes of the memory's own weights
"""
