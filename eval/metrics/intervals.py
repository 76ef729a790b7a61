"""How sure a figure is: Wilson's interval for a proportion, the bootstrap by question for everything else.

A figure is computed from weights of questions, so that one draw of weights serves every figure at once and a paired
difference uses the same draw for both sides. Seeded: the same cases give the same interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]

SEED = 20_260_101
DRAWS = 2_000
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its 95 % interval and how many things it rests on; no value where it rests on none."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """The 95 % score interval of a proportion (Wilson 1927): honest at 0 and 1 and for few trials.

    No trials: (0, 1), for nothing is known.
    """
    if trials <= 0:
        return 0.0, 1.0
    share, z2 = successes / trials, _Z95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def proportion(successes: float, trials: int) -> Estimate:
    """A share with Wilson's interval."""
    if not trials:
        return Estimate(None, None, None, 0)
    return Estimate(successes / trials, *wilson(successes, trials), trials)


def draws(questions: int, count: int = DRAWS, seed: int = SEED) -> Weights:
    """How often each question is drawn in each of ``count`` resamplings with replacement: ``(count, questions)``.

    The nonparametric bootstrap (Efron 1979), a question being the unit.
    """
    if not questions:
        return np.zeros((count, 0))
    generator = np.random.default_rng(seed)
    picked = generator.integers(0, questions, size=(count, questions))
    rows = np.repeat(np.arange(count), questions)
    weights = np.zeros((count, questions))
    np.add.at(weights, (rows, picked.ravel()), 1.0)
    return weights


def percentiles(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """The middle 95 % of resampled values (percentile bootstrap, Efron and Tibshirani 1993); NaN is left out."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)
