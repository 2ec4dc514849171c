"""What the tests of the workshop share."""

from __future__ import annotations

from engine.workshop.choices import Epoch, Estimate

ESTIMATE = Estimate(60.0, 400.0, 1000, True)
ONE_EPOCH = (Epoch(1.0, 1.2, 0.5, 3.0),)
