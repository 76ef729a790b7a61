"""Features to probabilities: that a sentence answers, and that the articles answer at all.

Two logistic lines, each with and without the reader. Fitted by ``python -m training.weigh`` on two unlike sets of
articles; the constants below are its output. No threshold is fitted to a corpus.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.candidates import Candidate, Features


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic line: one weight per feature (the reader's last), and what it starts from."""

    bias: float
    cosine: float
    passage: float
    cover: float
    own: float
    unmet: float
    rank: float
    sentence: float = 0.0
    window: float = 0.0

    def __call__(self, features: Features) -> float:
        """The line's value, a logit."""
        return (
            self.bias
            + self.cosine * features.cosine
            + self.passage * features.passage
            + self.cover * features.cover
            + self.own * features.own
            + self.unmet * features.unmet
            + self.rank * features.rank
            + self.sentence * (features.sentence or 0.0)
            + self.window * (features.window or 0.0)
        )


# fmt: off
ANSWERS = Line(-4.563, 4.860, 0.388, -0.551, 1.683, -0.410, 0.0, 0.192, 0.146)
COVERED = Line(0.077, 1.194, 0.851, -0.575, -0.265, -1.343, 0.0, 0.079, 0.496)
ANSWERS_UNREAD = Line(-6.255, 6.169, 0.804, -0.224, 2.378, -1.094, 0.0)
COVERED_UNREAD = Line(-1.035, 2.192, 1.223, 0.136, 0.684, -1.823, 0.0)
# fmt: on


def probability(candidate: Candidate) -> float:
    """How likely this sentence answers the question."""
    line = ANSWERS_UNREAD if candidate.features.sentence is None else ANSWERS
    return _logistic(line(candidate.features))


def confidence(candidates: Sequence[Candidate]) -> float:
    """How likely the articles answer the question at all, given every candidate; 0 without any."""
    if not candidates:
        return 0.0
    is_read = candidates[0].features.sentence is not None
    features = summit(candidates, ANSWERS if is_read else ANSWERS_UNREAD)
    return round(_logistic((COVERED if is_read else COVERED_UNREAD)(features)), 4)


def summit(candidates: Sequence[Candidate], line: Line) -> Features:
    """The highest value of each feature over the candidates, those of words from the one the line puts first."""
    top = max((candidate.features for candidate in candidates), key=line)
    seen = [candidate.features for candidate in candidates]
    read = top.sentence is not None
    return Features(
        cosine=max(one.cosine for one in seen),
        passage=max(one.passage for one in seen),
        cover=top.cover,
        own=top.own,
        unmet=top.unmet,
        rank=top.rank,
        sentence=max(one.sentence or 0.0 for one in seen) if read else None,
        window=max(one.window or 0.0 for one in seen) if read else None,
    )


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(min(value, 60.0), -60.0)))
