"""Train your own: a visitor's music, a small network, a line that keeps thirty of them from sinking the machine.

    material, bringing, builtin (songs, melody)   what is learned from, under limits
    choices, teaching, gauge                      the network, its lessons, what it costs in time and memory
    line, shop (rooms, process, folder, table)    who trains when; children, their folders, runs compared
    child, training, telling, sampling            in a training's own process: the only part that loads torch
    hearing                                       what a network wrote, as music

Nothing here waits for a training: the page asks how far it is.
"""
