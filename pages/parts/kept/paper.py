"""Handouts, printed once for all who ask for the same."""

from __future__ import annotations

from functools import lru_cache

from engine import handout
from engine.handout import Block


@lru_cache(maxsize=16)
def pdf(title: str, blocks: tuple[Block, ...], language: str) -> bytes:
    return handout.to_pdf(title, blocks, language)
