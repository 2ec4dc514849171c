"""Cadencia for programs: a stateless REST interface over the same engine (`make api`).

    forms       what may be asked and what is answered, every field bounded
    reading     texts and names of a form as the engine's nouns
    answers     one function for each address
    refusals    errors in words: what was wrong, what was given, what was expected
    limits      bodies that are too long or too slow
    app         the addresses, put together

Nothing is kept between requests and chance has its seed in the request, so identical input gives identical output.
"""

from engine.api.app import create

__all__ = ["create"]
