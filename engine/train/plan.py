"""Everything that decides a training run, in one frozen value that is written into the checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

from engine.architecture import Architecture


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a run. Lengths in tokens, shares from 0 to 1."""

    embedding_dim: int = 160
    hidden_size: int = 320
    num_layers: int = 2
    dropout: float = 0.5
    seq_len: int = 16
    tie_weights: bool = True
    output_bias: bool = True  # the published tied decoder has none
    epochs: int = 22
    batch_size: int = 24  # crops
    crop_min: int = 32
    crop_max: int = 160
    phrase_start_share: float = 0.1  # crops that are padded as if a song began there
    input_dropout: float = 0.2  # of the embedded input, beside the network's own dropout
    unknown_share: float = 0.04  # input tokens hidden behind <unk>, so that <unk> means something
    peak_rate: float = 0.004  # of the one-cycle schedule (Smith & Topin, 2017)
    weight_decay: float = 0.05
    label_smoothing: float = 0.0
    clip: float = 1.0  # largest norm of the gradient
    averaging: float = 0.998  # share of the running mean of weights that each step keeps
    teaching: float = 0.5  # share of the loss that follows the teachers, when there are any
    patience: int = 8  # epochs without a better validation loss before stopping
    rng_seed: int = 1

    def architecture(self, vocab_size: int) -> Architecture:
        return Architecture(
            vocab_size,
            self.embedding_dim,
            self.hidden_size,
            self.num_layers,
            self.dropout,
            self.seq_len,
            self.tie_weights,
            self.output_bias,
        )
