"""Speeds as ratios against a named reference of the same run: `make bench`, or python -m scripts.bench sound."""
