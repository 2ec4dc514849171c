"""How models are judged: `python -m engine.evaluate functional --data songs.csv` prints the published table.

scores    top-k, mean reciprocal rank, perplexity by the published protocol
ngram     the baselines
suite     the theory suite
report    all of it as text
"""
