"""A title for a text that has none, so that any program can list the tune: ABC 2.1 wants X:, T: and K:."""

from __future__ import annotations

from engine.abc.display import MOST_TITLE


def titled(text: str, title: str) -> str:
    """The text with a title below its first tune's number; all else stays as it was typed.

    >>> titled("X:1\\nK:D\\nDEF|\\n", "Jig in D major")
    'X:1\\nT:Jig in D major\\nK:D\\nDEF|\\n'
    """
    said = "".join(sign for sign in title if sign.isprintable()).replace("%", "").strip()[:MOST_TITLE]
    if not said:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [line.rstrip("\r\n") for line in text.split("\n")]
    key = next((at for at, line in enumerate(lines) if line.startswith("K:")), len(lines))
    head = [line for line in lines[:key] if line.strip() != "T:"]
    number = next((at for at, line in enumerate(head) if line.startswith("X:")), None)
    if number is None:
        number = next((at for at, line in enumerate(head) if not line.startswith("%")), len(head))
        head.insert(number, "X:1")
    return end.join((*head[: number + 1], f"T:{said}", *head[number + 1 :], *lines[key:]))
