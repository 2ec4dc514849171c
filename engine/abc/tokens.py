"""The canonical form of a tune: one voice, one meter, one key, L:1/8, and every mark a token of a closed list.

Canonical text is `R:jig`, `M:6/8`, `K:Dmaj`, a line each, then the body without spaces or line breaks. A note is a
pitch token (accidental, letter, octave marks) and, unless it lasts one eighth, a length token. Broken rhythm is written
out.

The model speaks the tonic form: letters moved so that the tonic's letter is C, accidentals counted from the key
signature. Given the key it is a bijection, so D major and G major share all they have in common.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.errors import EngineError
from engine.words import Sentence, say

RHYTHMS = (
    "jig", "reel", "hornpipe", "waltz", "slip jig", "polka", "slide", "strathspey", "march", "air", "other"
)  # fmt: skip
METERS = ("2/4", "3/4", "4/4", "6/8", "9/8", "12/8", "3/8", "3/2", "6/4", "5/4", "9/4")
MODES = {"maj": 0, "mix": -1, "dor": -2, "min": -3, "phr": -4, "loc": -5, "lyd": 1}  # fifths from major
MOST_FIFTHS = 4  # sharps or flats in the signature of a key the model knows

LENGTHS = (
    "2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "16", "3/2", "5/2", "7/2", "9/2", "11/2",
    "/2", "3/4", "5/4", "7/4", "/4", "3/8", "/8",
)  # in eighths; a note of one eighth has no length token  # fmt: skip
TUPLETS = ("(2", "(3", "(4", "(5", "(6", "(7", "(9")
BARS = ("|", "||", "|]", "|:", ":|", "::")
ENDINGS = ("[1", "[2")
OPEN, CLOSE, TIE, REST = "[", "]", "-", "z"
BEGIN, END = "<bos>", "<eos>"

LETTERS = "CDEFGAB"
SHARPS = "FCGDAEB"  # letters in the order in which signatures sharpen them
RELATIVE = {None: "", -3: "___", -2: "__", -1: "_", 0: "=", 1: "^", 2: "^^", 3: "^^^"}
LOWEST, HIGHEST = -10, 24  # diatonic steps from the tonic near middle C that the model knows: about E,, to f''

_BODY = re.compile(
    r"(?P<pitch>(?:\^{1,3}|_{1,3}|=)?(?:[A-G],{0,3}|[a-g]'{0,3}))|(?P<length>[0-9]{0,2}/[0-9]{1,2}|[0-9]{1,2})"
    r"|\[[12]|[\[\]\-z]|\([2-9]|\|\]|\|\||\|:|::|:\||\|"
)
_PITCH = re.compile(r"(\^{1,3}|_{1,3}|=)?([A-Ga-g])([,']{0,3})")
_KEY = re.compile(r"([A-G])([#b]?)(maj|mix|dor|min|phr|loc|lyd)")


class UnreadableTune(EngineError):
    """Text that is no tune: the sentence, and where reading stopped (index into the text, 0 at its start)."""

    def __init__(self, sentence: Sentence, position: int = 0) -> None:
        super().__init__(sentence)
        self.position = position


@dataclass(frozen=True, slots=True)
class Tune:
    """One tune in canonical form; `body` holds canonical tokens. Title and source are for people, not for the model."""

    rhythm: str
    meter: str
    key: str
    body: tuple[str, ...]
    title: str = ""
    source: str = ""

    @property
    def header(self) -> tuple[str, str, str]:
        """The three header tokens, as they stand before the body."""
        return f"R:{self.rhythm}", f"M:{self.meter}", f"K:{self.key}"

    @property
    def text(self) -> str:
        """Canonical text: three header lines, then the body in one line.

        >>> Tune("jig", "6/8", "Dmaj", ("|:", "D", "2", "z", "^c", ":|")).text
        'R:jig\\nM:6/8\\nK:Dmaj\\n|:D2z^c:|'
        """
        return "\n".join((*self.header, "".join(self.body)))


@lru_cache(maxsize=256)
def signature(key: str) -> dict[str, int]:
    """Letter -> accidental (-1, 0, 1) of a key such as "Dmaj", "F#min", "Bbmix". Raises UnreadableTune.

    >>> {letter: sign for letter, sign in signature("Ador").items() if sign}
    {'F': 1}
    """
    count = fifths(key)
    marked = SHARPS[:count] if count >= 0 else SHARPS[count:]
    return {letter: (1 if count > 0 else -1) if letter in marked else 0 for letter in LETTERS}


@lru_cache(maxsize=256)
def fifths(key: str) -> int:
    """Sharps (positive) or flats (negative) of a key's signature, -7 to 7. Raises UnreadableTune.

    >>> fifths("Emin"), fifths("Bbmaj")
    (1, -2)
    """
    found = _KEY.fullmatch(key)
    count = 99
    if found:
        letter, sign, mode = found.groups()
        count = SHARPS.index(letter) - 1 + 7 * ((sign == "#") - (sign == "b")) + MODES[mode]
    if abs(count) > 7:
        raise UnreadableTune(
            say("{key} is no key with up to seven sharps or flats. Write one like Dmaj or Edor.", key=repr(key[:20]))
        )
    return count


@lru_cache(maxsize=4096)
def pitch_of(token: str) -> tuple[int | None, int] | None:
    """(accidental or None, diatonic steps from middle C) of a pitch token; None when the token is no pitch.

    >>> pitch_of("^c,"), pitch_of("=A,"), pitch_of("|")
    (None, (0, -2), None)
    """
    found = _PITCH.fullmatch(token)
    if found is None or (found[3] and found[3][0] == ("," if found[2].islower() else "'")) or len(set(found[3])) > 1:
        return None
    sign = len(found[1] or "") * (-1 if token[0] == "_" else 1) * (token[0] != "=") if found[1] else None
    octave = 7 * found[2].islower() + 7 * len(found[3]) * (-1 if "," in found[3] else 1)
    return sign, LETTERS.index(found[2].upper()) + octave


def pitch_token(sign: int | None, steps: int) -> str:
    """The token of an accidental (-3 to 3, None: none is written) and diatonic steps from middle C.

    >>> pitch_token(1, 8), pitch_token(None, -1)
    ('^d', 'B,')
    """
    octave, place = divmod(steps, 7)
    letter = LETTERS[place]
    return RELATIVE[sign] + (letter + "," * -octave if octave < 1 else letter.lower() + "'" * (octave - 1))


def split_body(text: str) -> tuple[str, ...]:
    """Canonical body text in its tokens. Raises UnreadableTune with the position of what is none.

    >>> split_body("|:(3DEF[DA]3/2-[DA]/2:|")
    ('|:', '(3', 'D', 'E', 'F', '[', 'D', 'A', ']', '3/2', '-', '[', 'D', 'A', ']', '/2', ':|')
    """
    tokens, at = [], 0
    while at < len(text):
        found = _BODY.match(text, at)
        if found is None:
            sign = text[at]
            raise UnreadableTune(say("{sign} at {position} is no note, bar or length.", sign=sign, position=at), at)
        tokens.append(found[0])
        at = found.end()
    return tuple(tokens)


# --- the tonic form -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _shift(key: str) -> int:
    """Steps from the tonic's letter to the nearest C: C to F go down, G to B go up."""
    place = LETTERS.index(key[0])
    return -place if place <= 3 else 7 - place


@lru_cache(maxsize=8192)
def to_tonic(token: str, key: str) -> str:
    """A body token in tonic form: tonic's letter C, accidental relative to the signature. No pitch: unchanged.

    >>> to_tonic("d", "Dmaj"), to_tonic("=c", "Dmaj"), to_tonic("^c", "Dmaj"), to_tonic("G", "Gmaj")
    ('c', '_B', '=B', 'c')
    """
    pitch = pitch_of(token)
    if pitch is None:
        return token
    sign, steps = pitch
    relative = None if sign is None else sign - signature(key)[LETTERS[steps % 7]]
    return pitch_token(relative, steps + _shift(key))


@lru_cache(maxsize=8192)
def from_tonic(token: str, key: str) -> str:
    """The inverse of `to_tonic`."""
    pitch = pitch_of(token)
    if pitch is None:
        return token
    relative, moved = pitch
    steps = moved - _shift(key)
    sign = None if relative is None else relative + signature(key)[LETTERS[steps % 7]]
    return pitch_token(sign, steps)


def to_model(tune: Tune) -> tuple[str, ...]:
    """Header, body in tonic form and end mark: what a model predicts, one token after the other, from BEGIN on."""
    return (*tune.header, *(to_tonic(token, tune.key) for token in tune.body), END)


def from_model(tokens: Sequence[str], title: str = "", source: str = "") -> Tune:
    """The tune of a model's tokens, with or without begin and end marks. Raises UnreadableTune without a header."""
    plain = [token for token in tokens if token not in (BEGIN, END)]
    if [token[:2] for token in plain[:3]] != ["R:", "M:", "K:"]:
        raise UnreadableTune(say("A tune begins with its type, meter and key."))
    rhythm, meter, key = (token[2:] for token in plain[:3])
    return Tune(rhythm, meter, key, tuple(from_tonic(token, key) for token in plain[3:]), title, source)


KEYS = tuple(
    f"{letter}{sign}{mode}"
    for mode in MODES
    for letter in LETTERS
    for sign in ("", "#", "b")
    if abs(SHARPS.index(letter) - 1 + 7 * ((sign == "#") - (sign == "b")) + MODES[mode]) <= MOST_FIFTHS
)
_MARKS = (*BARS, *ENDINGS, OPEN, CLOSE, TIE, REST)
VOCABULARY = (
    BEGIN, END,
    *(f"R:{name}" for name in RHYTHMS), *(f"M:{name}" for name in METERS), *(f"K:{name}" for name in KEYS),
    *_MARKS, *TUPLETS, *LENGTHS,
    *(pitch_token(sign, steps) for sign in (None, -1, 0, 1) for steps in range(LOWEST, HIGHEST + 1)),
)  # every token of the tonic form, in the order of a model's outputs  # fmt: skip
