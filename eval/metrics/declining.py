"""Whether a system answers when it can, declines when it cannot, and knows which is which.

``weights`` is a matrix of how often each question counts, one row a resampling (a single row of ones is the figure
itself), and each function gives one value a row, NaN where it is undefined.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.metrics.intervals import Weights

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Point:
    """The most confident ``coverage`` of all questions, answered at ``threshold`` and above, and how many are wrong."""

    threshold: float
    coverage: float
    risk: float


def ratio(weights: Weights, numerators: Values, denominators: Values) -> Values:
    """Weighted numerators over weighted denominators."""
    return quotient(weights @ numerators, weights @ denominators)


def utility(char_f1: Values, declined: Values) -> Values:
    """Half the mean character F1 over answerables (0 if declined), half the share of unanswerables declined.

    Refusing everything earns 0.50, and so does a perfect reader who answers everything.
    """
    return 0.5 * char_f1 + 0.5 * declined


def auroc(weights: Weights, confidence: Values, positive: Flags) -> Values:
    """How often an answerable question has a higher confidence than an unanswerable one; ties count half.

    The area under the receiver operating characteristic as the Mann-Whitney statistic (Hanley and McNeil 1982).
    """
    first, second = confidence[positive][:, None], confidence[~positive][None, :]
    wins = (first > second) + 0.5 * (first == second)
    ahead, behind = weights[:, positive], weights[:, ~positive]
    won = ((ahead @ wins) * behind).sum(axis=1)
    return quotient(won, ahead.sum(axis=1) * behind.sum(axis=1))


def risk_coverage(confidence: Values, loss: Values, answered: Flags) -> tuple[Point, ...]:
    """Selective risk at each threshold, from the most confident answer down to the last one given.

    Coverage is the share of all questions answered; risk is the mean loss among these (El-Yaniv and Wiener 2010).
    Answers of equal confidence are taken together. A declined question can be covered at no threshold we saw.
    """
    points: list[Point] = []
    for threshold in sorted(set(confidence[answered].tolist()), reverse=True):
        taken = answered & (confidence >= threshold)
        points.append(Point(float(threshold), float(np.mean(taken)), float(np.mean(loss[taken]))))
    return tuple(points)


def aurc(weights: Weights, confidence: Values, loss: Values, answered: Flags) -> Values:
    """The area under the risk-coverage curve over the answers given; lower is better, 0 without a wrong answer.

    The mean, over answers, of the risk among those at least as confident (Geifman, Uziel and El-Yaniv 2019).
    """
    order = np.argsort(-confidence[answered], kind="stable")
    held, lost, sure = weights[:, answered][:, order], loss[answered][order], confidence[answered][order]
    if not len(order):
        return np.full(len(weights), np.nan)
    last = np.searchsorted(-sure, -sure, side="right") - 1
    count, losses = np.cumsum(held, axis=1)[:, last], np.cumsum(held * lost, axis=1)[:, last]
    risk = np.zeros_like(losses)
    np.divide(losses, count, out=risk, where=count > 0)
    return quotient((held * risk).sum(axis=1), held.sum(axis=1))


def quotient(numerators: Values, denominators: Values) -> Values:
    """Row by row, NaN where there is nothing to divide by."""
    found = np.full(len(numerators), np.nan)
    np.divide(numerators, denominators, out=found, where=denominators > 0)
    return found
