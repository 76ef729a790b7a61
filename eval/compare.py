"""Two runs over the same questions: what changed, by how much, and whether that is more than chance.

Differences are paired by question id, and only questions that both runs hold are compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from eval.metrics.intervals import Estimate
from eval.score import Score
from eval.summary import TITLES, difference
from rag.errors import InputRefused

# What a reader of a question would notice; the rest follows from these.
_NOTICED = ("outcome", "exact", "misleading", "precision", "recall", "first_right", "tightness")
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose result differs, and its F1 before and after (None where it has none)."""

    id: str
    kind: str
    what: tuple[str, ...]
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One part against an earlier run: new less old for each figure, and the questions that changed."""

    name: str
    questions: int
    differences: Mapping[str, Estimate]
    changed: tuple[Changed, ...]


def compare(name: str, new: Sequence[Score], old: Sequence[Score]) -> Comparison:
    """The new records less the old ones.

    Raises:
        InputRefused: no question stands in both.
    """
    before = {one.id: one for one in old}
    pairs = [(one, before[one.id]) for one in new if one.id in before]
    if not pairs:
        raise InputRefused(f"{name}: no question stands in both runs; compare runs over the same cases")
    ours, theirs = [one for one, _ in pairs], [one for _, one in pairs]
    differences = {metric: difference(ours, theirs, metric) for metric in TITLES}
    changed = tuple(_changed(one, two) for one, two in pairs if _what(one, two))
    return Comparison(name, len(pairs), differences, changed)


def _changed(new: Score, old: Score) -> Changed:
    return Changed(new.id, new.kind, _what(new, old), old.f1, new.f1)


def _what(new: Score, old: Score) -> tuple[str, ...]:
    after, before = asdict(new), asdict(old)
    return tuple(name for name in _NOTICED if _differ(after[name], before[name]))


def _differ(one: object, two: object) -> bool:
    """Whether two values differ by more than a results file rounds away."""
    if isinstance(one, float) and isinstance(two, float | int):
        return abs(one - two) > _LEAST
    return one != two
