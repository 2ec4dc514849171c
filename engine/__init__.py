"""Cadencia's engine: everything musical, importable without a page. Arrows point towards the nouns in `music`."""

import os

# One prediction is many small products: NumPy's threads cost more than they bring (8 ms against 2 under load). Has its
# effect when the engine is imported before NumPy; torch is not concerned.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
