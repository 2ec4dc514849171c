"""Cadencia's engine: everything musical, importable without a page. Arrows point towards the nouns in `music`."""
