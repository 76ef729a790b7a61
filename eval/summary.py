"""Records of questions to figures with 95 % intervals, and the paired difference of two runs over the same questions.

Every figure is a function of how often each question counts: once each gives the figure itself, resampled counts its
bootstrap interval. Proportions get Wilson's interval in place of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics import declining
from eval.metrics.declining import Values
from eval.metrics.intervals import Estimate, Weights, draws, percentiles, proportion
from eval.score import Score
from rag.schema import Outcome

Part = Callable[[Score], tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure over questions: a sum of numerators over a sum of denominators, taken from each record.

    ``part`` gives a record's numerator and denominator, or None where it does not count.
    """

    name: str
    title: str
    part: Part
    is_proportion: bool = False


def _mean(name: str, title: str, *, is_proportion: bool = False) -> Metric:
    def part(score: Score) -> tuple[float, float] | None:
        value = getattr(score, name)
        return None if value is None else (float(value), 1.0)

    return Metric(name, title, part, is_proportion)


def _share(name: str, title: str, hit: Callable[[Score], bool], of: Callable[[Score], bool]) -> Metric:
    return Metric(name, title, lambda score: (float(hit(score)), 1.0) if of(score) else None, is_proportion=True)


RATIOS: tuple[Metric, ...] = (
    Metric("exactness", "quotes exact", lambda one: (one.exact, one.cited) if one.cited else None, True),
    _mean("precision", "citation precision"),
    _mean("recall", "citation recall (by fact)"),
    _mean("f1", "citation F1"),
    _mean("first_right", "first citation right", is_proportion=True),
    _mean("tightness", "tightness"),
    _mean("gold_covered", "gold characters covered"),
    _mean("iou", "IoU with gold"),
    _mean("char_f1", "character F1"),
    Metric(
        *("misleading", "misleading quotes", lambda one: (one.misleading, one.exact) if one.exact else None),
        is_proportion=True,
    ),
    _share("answered", "answered when answerable", lambda one: one.answered, lambda one: one.answerable),
    _share("declined", "declined when not", lambda one: not one.answered, lambda one: not one.answerable),
    _share("stopped", "stopped by the guard", lambda one: one.outcome is Outcome.RED_FLAG, lambda _: True),
    _mean("recall_at_1", "retrieval recall@1"),
    _mean("recall_at_5", "retrieval recall@5"),
    _mean("recall_at_10", "retrieval recall@10"),
    _mean("reciprocal_rank", "retrieval MRR"),
    _mean("ndcg_at_10", "retrieval nDCG@10"),
    _mean("within_budget", "facts in the first 2,000 characters"),
)
# Figures that are no ratio: utility is two means, the areas need all questions at once.
OTHERS: Mapping[str, str] = {"utility": "utility", "auroc": "AUROC of confidence", "aurc": "area of risk-coverage"}
TITLES: Mapping[str, str] = {**{metric.name: metric.title for metric in RATIOS}, **OTHERS}
LOWER_IS_BETTER = frozenset({"misleading", "aurc"})
_BY_NAME = {metric.name: metric for metric in RATIOS}


@dataclass(frozen=True)
class Table:
    """The records of a run as columns, ready to be weighed."""

    scores: tuple[Score, ...]

    def value(self, name: str, weights: Weights) -> Values:
        """A figure for each row of weights."""
        if name in _BY_NAME:
            return self._ratio(_BY_NAME[name], weights)
        if name == "utility":
            return declining.utility(self.value("char_f1", weights), self.value("declined", weights))
        return self._area(name, weights)

    def once(self) -> Weights:
        """The weights of the figure itself: every question once."""
        return np.ones((1, len(self.scores)))

    def n(self, name: str) -> int:
        """How many things a figure rests on: citations for those about citations, else questions."""
        if name == "auroc":
            return sum(one.outcome is not Outcome.RED_FLAG for one in self.scores)
        if name == "aurc":
            return sum(one.answered for one in self.scores)
        if name == "utility":
            return len(self.scores)
        return int(sum(part[1] for one in self.scores if (part := _BY_NAME[name].part(one))))

    def _ratio(self, metric: Metric, weights: Weights) -> Values:
        parts = np.array([metric.part(one) or (0.0, 0.0) for one in self.scores]).reshape(-1, 2)
        return declining.ratio(weights, parts[:, 0], parts[:, 1])

    def _area(self, name: str, weights: Weights) -> Values:
        confidence = np.array([one.confidence for one in self.scores])
        if name == "aurc":
            loss, answered = [one.loss for one in self.scores], [one.answered for one in self.scores]
            return declining.aurc(weights, confidence, np.array(loss), np.array(answered, dtype=bool))
        # A message the guard stopped was never looked up, so its confidence says nothing about the articles.
        seen = np.array([one.outcome is not Outcome.RED_FLAG for one in self.scores], dtype=bool)
        answerable = np.array([one.answerable for one in self.scores], dtype=bool)
        return declining.auroc(weights[:, seen], confidence[seen], answerable[seen])


def summary(scores: Sequence[Score], names: Sequence[str] = tuple(TITLES)) -> dict[str, Estimate]:
    """Each figure with its interval; figures that nothing speaks for have no value."""
    table = Table(tuple(scores))
    drawn = draws(len(scores))
    return {name: _estimate(table, name, drawn) for name in names}


def by_kind(scores: Sequence[Score], names: Sequence[str]) -> dict[str, dict[str, Estimate]]:
    """A summary for each kind of question, in order of first appearance."""
    kinds = dict.fromkeys(one.kind for one in scores)
    return {kind: summary([one for one in scores if one.kind == kind], names) for kind in kinds}


def difference(new: Sequence[Score], old: Sequence[Score], name: str) -> Estimate:
    """The new figure less the old one, over the same questions in the same order, resampled together."""
    ours, theirs = Table(tuple(new)), Table(tuple(old))
    value = _single(ours, name), _single(theirs, name)
    if value[0] is None or value[1] is None:
        return Estimate(None, None, None, 0)
    drawn = draws(len(new))
    low, high = percentiles(ours.value(name, drawn) - theirs.value(name, drawn)) or (None, None)
    return Estimate(value[0] - value[1], low, high, len(new))


def _estimate(table: Table, name: str, drawn: Weights) -> Estimate:
    value, n = _single(table, name), table.n(name)
    if value is None:
        return Estimate(None, None, None, n)
    metric = _BY_NAME.get(name)
    if metric is not None and metric.is_proportion:
        return proportion(round(value * n), n)
    low, high = percentiles(table.value(name, drawn)) or (None, None)
    return Estimate(value, low, high, n)


def _single(table: Table, name: str) -> float | None:
    value = float(table.value(name, table.once())[0])
    return None if np.isnan(value) else value
