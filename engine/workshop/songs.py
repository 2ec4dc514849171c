"""Music to train on that comes with the house: folk tunes, written down for it, and songs made of well-worn turns.

The tunes are traditional or by composers dead for more than a hundred years; the settings are ours. The turns are
formulas that belong to nobody. Bars are full, lengths are in eighths (`L:1/8`).
"""

from __future__ import annotations

from random import Random

# title, rhythm, meter, key, body
TUNES: tuple[tuple[str, str, str, str, str], ...] = (
    ("Twinkle, Twinkle", "other", "4/4", "Cmaj",
     "C2C2G2G2|A2A2G4|F2F2E2E2|D2D2C4|G2G2F2F2|E2E2D4|G2G2F2F2|E2E2D4|C2C2G2G2|A2A2G4|F2F2E2E2|D2D2C4|]"),
    ("Frère Jacques", "other", "4/4", "Fmaj",
     "F2G2A2F2|F2G2A2F2|A2B2c4|A2B2c4|cdcBA2F2|cdcBA2F2|F2C2F4|F2C2F4|]"),
    ("Ode to Joy", "other", "4/4", "Dmaj",
     "F2F2G2A2|A2G2F2E2|D2D2E2F2|F3EE4|F2F2G2A2|A2G2F2E2|D2D2E2F2|E3DD4|"
     "E2E2F2D2|E2FGF2D2|E2FGF2E2|D2E2A,4|F2F2G2A2|A2G2F2E2|D2D2E2F2|E3DD4|]"),
    ("Au clair de la lune", "other", "4/4", "Gmaj",
     "G2G2G2A2|B4A4|G2B2A2A2|G8|G2G2G2A2|B4A4|G2B2A2A2|G8|A2A2A2A2|E4E4|A2G2F2E2|D8|G2G2G2A2|B4A4|G2B2A2A2|G8|]"),
    ("London Bridge", "other", "4/4", "Dmaj",
     "A3BA2G2|F2G2A4|E2F2G4|F2G2A4|A3BA2G2|F2G2A4|E4A4|F2D6|]"),
    ("Row, Row, Row Your Boat", "other", "6/8", "Cmaj",
     "C3C3|C2DE3|E2DE2F|G6|cccGGG|EEECCC|G2FE2D|C6|]"),
    ("Amazing Grace", "other", "3/4", "Gmaj",
     "D2|G4BG|B4A2|G4E2|D4D2|G4BG|B4A2|d6-|d4Bd|d4BG|B4A2|G4E2|D4D2|G4BG|B4A2|G6-|G4|]"),
    ("Scarborough Fair", "air", "3/4", "Ddor",
     "D4D2|A4A2|E3FE2|D6-|D2A2c2|d4c2|A2B2G2|A6-|A4d2|d4d2|c4A2|AGF2E2|C6-|C2D4|A4G2|F4E2|D2C4|D6|]"),
    ("Greensleeves", "air", "6/8", "Ador",
     "A|c2de3/2f/2e|d2BG3/2A/2B|c2AA3/2^G/2A|B2^GE2A|c2de3/2f/2e|d2BG3/2A/2B|c3/2B/2A^G3/2^F/2^G|A3A3|"
     "g3g3/2f/2e|d2BG3/2A/2B|c2AA3/2^G/2A|B2^GE3|g3g3/2f/2e|d2BG3/2A/2B|c3/2B/2A^G3/2^F/2^G|A3A2|]"),
    ("Auld Lang Syne", "air", "4/4", "Fmaj",
     "C2|F3FF2A2|G3FG2A2|F3FA2c2|d6d2|c3AA2F2|G3FG2A2|F3DD2C2|F6d2|"
     "c3AA2F2|G3FG2d2|c3AA2c2|d6d2|c3AA2F2|G3FG2A2|F3DD2C2|F6|]"),
    ("Yankee Doodle", "march", "2/4", "Gmaj",
     "GGAB|GBA2|GGAB|G2F2|GGAB|cBAG|FDEF|G2G2|E3/2F/2ED|EFG2|D3/2E/2DC|B,2D2|E3/2F/2ED|EFGE|DGFA|G2G2|]"),
    ("Oh! Susanna", "polka", "2/4", "Dmaj",
     "DE|FAA3/2B/2|AFD3/2E/2|FFED|E2DE|FAA3/2B/2|AFD3/2E/2|FFEE|D4|G2G2|BB2B|AAFD|E2DE|FAA3/2B/2|AFD3/2E/2|FFEE|D2|]"),
    ("The Irish Washerwoman", "jig", "6/8", "Gmaj",
     "dc|BGGDGG|BGBdcB|cAAEAA|cAcedc|BGGDGG|BGBdcB|cBcAdc|BGGG:|gf|gdgGdg|gdgbag|fdfAdf|fdfagf|eeedBd|ceeedd|cBcAdc|BGGG|]"),
    ("The Swallowtail Jig", "jig", "6/8", "Edor",
     "|:GEEBEE|GEGBAG|FDDADD|dcdAGF|GEEBEE|GEGB2c|dcdAGF|GEEE3::Bcde2f|e2fedB|Bcde2f|edBd3|Bcde2f|e2fedB|dBGFGF|GEEE3:|"),
    ("What Shall We Do with the Drunken Sailor", "reel", "4/4", "Ddor",
     "A2AAA2AA|A2D2F2A2|G2GGG2GG|G2C2E2G2|A2AAA2AA|A2B2c2d2|c2A2G2E2|D4D4|A4A3A|A2D2F2A2|G4G3G|G2C2E2G2|"
     "A4A3A|A2B2c2d2|c2A2G2E2|D4D4|]"),
    ("Simple Gifts", "other", "4/4", "Fmaj",
     "C2|F2FGABAG|F2F2C3C|F2FGABc2|G2G2F3C|c4A2GA|BAGFG2A2|G2F2F2EF|G2C4C2|F2FGABAG|FGAFG2C2|F2FGA2GA|F4F2|]"),
    ("Good King Wenceslas", "other", "4/4", "Gmaj",
     "G2G2G2A2|G2G2D4|E2D2E2F2|G4G4|G2G2G2A2|G2G2D4|E2D2E2F2|G4G4|d2c2B2A2|B2A2G4|E2D2E2F2|G4G4|D2D2E2F2|G2G2A4|"
     "d2c2B2A2|G4c4|G8|]"),
    ("Deck the Halls", "other", "4/4", "Fmaj",
     "c3BA2G2|F2G2A2F2|GABGA3G|F2E2F4|c3BA2G2|F2G2A2F2|GABGA3G|F2E2F4|G3AB2G2|A3Bc2G2|A=Bc2def2|e2d2c4|"
     "c3BA2G2|F2G2A2F2|ddddc3B|A2G2F4|]"),
    ("Clementine", "waltz", "3/4", "Fmaj",
     "FF|F2C2AA|A2F2FA|c3cBA|G4GA|B3BAG|A2F2FA|G3CEG|F4FF|F2C2AA|A2F2FA|c3cBA|G4GA|B3BAG|A2F2FA|G3CEG|F4|]"),
    ("Silent Night", "waltz", "6/8", "Cmaj",
     "G3/2A/2GE3|G3/2A/2GE3|d2dB3|c2cG3|A2Ac3/2B/2A|G3/2A/2GE3|A2Ac3/2B/2A|G3/2A/2GE3|d2df3/2d/2B|c3e3|"
     "c3/2G/2EG3/2F/2D|C6|]"),
)  # fmt: skip

# mode, chords in live numerals; four or eight bars each
TURNS: tuple[tuple[str, str], ...] = (
    ("major", "I V vim IV"),
    ("major", "I vim IV V"),
    ("major", "vim IV I V"),
    ("major", "I IV V I"),
    ("major", "I bVII IV I"),
    ("major", "I IV I V I IV V I"),
    ("major", "I V vim iiim IV I IV V"),
    ("major", "IV V iiim vim iim V I"),
    ("major", "I iiim IV ivm I"),
    ("major", "I II7 V7 I"),
    ("major", "I I7 IV ivm I V7 I"),
    ("major", "iim7 V7 Imaj7 vim7"),
    ("major", "Imaj7 vim7 iim7 V7"),
    ("major", "iiim7 VI7 iim7 V7 Imaj7"),
    ("major", "III7 VI7 II7 V7 I"),
    ("major", "I7 IV7 I7 V7 IV7 I7"),
    ("minor", "im bVII bVI V7"),
    ("minor", "im bVI bIII bVII"),
    ("minor", "im ivm V7 im"),
    ("minor", "im bVII im V7 im"),
    ("minor", "bIII bVII im V7 bIII bVII im V7 im"),
    ("minor", "iim7b5 V7 im7"),
    ("minor", "im7 ivm7 bVII7 bIIImaj7 bVImaj7 iim7b5 V7 im7"),
    ("minor", "im ivm bVII bIII bVI iim7b5 V7 im"),
)
FORMS = ("AABA", "ABAB", "AAAB", "AABB", "ABAC", "ABCB")
SONGS_OF_TURNS = 72
SEED_OF_SONGS = 5  # the same songs on every machine


def songs_of_turns() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(mode, live numerals) of songs: a form over two or three turns of one mode, each strain played twice.

    >>> mode, chords = songs_of_turns()[0]
    >>> mode in ("major", "minor"), len(chords) >= 16
    (True, True)
    """
    random = Random(SEED_OF_SONGS)
    return tuple(_song(random) for _ in range(SONGS_OF_TURNS))


def _song(random: Random) -> tuple[str, tuple[str, ...]]:
    mode = random.choices(("major", "minor"), (2, 1))[0]
    turns = [chords.split() for of, chords in TURNS if of == mode]
    strains = dict(zip("ABC", random.sample(turns, 3), strict=True))
    form = random.choice(FORMS)
    close = ["V7", "I"] if mode == "major" else ["V7", "im"]
    return mode, (*(chord for letter in form for chord in strains[letter] * 2), *close)
