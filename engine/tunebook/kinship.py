"""Who belongs together, when some pairs are known to: kin of kin are kin (union-find).

Tunes, pieces and songs are split by it, so groups and their order hang on nothing but the pairs.
"""

from __future__ import annotations

from collections.abc import Iterable


def leaders(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `count` things the first of its group.

    >>> leaders(5, [(3, 4), (1, 3)])
    [0, 1, 2, 1, 1]
    """
    above = list(range(count))

    def first(at: int) -> int:
        while above[at] != at:
            above[at] = at = above[above[at]]
        return at

    for pair in pairs:
        one, other = (first(at) for at in pair)
        above[max(one, other)] = min(one, other)
    return [first(at) for at in range(count)]


def groups(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The groups in the order of their firsts, each ascending.

    >>> groups(5, [(3, 4), (1, 3)])
    [[0], [1, 3, 4], [2]]
    """
    found: dict[int, list[int]] = {}
    for at, leader in enumerate(leaders(count, pairs)):
        found.setdefault(leader, []).append(at)
    return list(found.values())
