"""Features to probabilities: that a sentence answers, and that the articles answer at all.

Two logistic lines, each with and without the reader. Fitted by ``python -m training.weigh`` on unlike sets of
articles, the second also on strangers' questions that share words with them; the constants below are its output. No
threshold is fitted to a corpus.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.candidates import Candidate, Features


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic line: what it starts from, and one weight per feature; a feature it does not look at weighs 0."""

    bias: float
    cosine: float = 0.0
    passage: float = 0.0
    own: float = 0.0
    rank: float = 0.0
    sentence: float = 0.0
    window: float = 0.0

    def __call__(self, features: Features) -> float:
        """The line's value, a logit."""
        return (
            self.bias
            + self.cosine * features.cosine
            + self.passage * features.passage
            + self.own * features.own
            + self.rank * features.rank
            + self.sentence * (features.sentence or 0.0)
            + self.window * (features.window or 0.0)
        )


# fmt: off
ANSWERS = Line(bias=-3.879, cosine=3.115, passage=1.148, own=0.834, rank=0.737, sentence=0.379, window=0.061)
COVERED = Line(bias=-1.412, cosine=0.0, passage=3.547, own=0.0, rank=0.0, sentence=0.677, window=0.0)
ANSWERS_UNREAD = Line(bias=-6.789, cosine=6.324, passage=1.738, own=1.651, rank=0.645, sentence=0.0, window=0.0)
COVERED_UNREAD = Line(bias=-4.304, cosine=5.645, passage=1.886, own=0.0, rank=0.0, sentence=0.0, window=0.0)
# fmt: on


def probability(candidate: Candidate) -> float:
    """How likely this sentence answers the question."""
    line = ANSWERS_UNREAD if candidate.features.sentence is None else ANSWERS
    return _logistic(line(candidate.features))


def confidence(candidates: Sequence[Candidate]) -> float:
    """How likely the articles answer the question at all, given every candidate; 0 without any."""
    if not candidates:
        return 0.0
    top = summit(candidates)
    return round(_logistic(COVERED_UNREAD(top) if top.sentence is None else COVERED(top)), 4)


def summit(candidates: Sequence[Candidate]) -> Features:
    """The highest value of each feature over the candidates."""
    seen = [candidate.features for candidate in candidates]
    read = seen[0].sentence is not None
    return Features(
        cosine=max(one.cosine for one in seen),
        passage=max(one.passage for one in seen),
        own=max(one.own for one in seen),
        rank=max(one.rank for one in seen),
        sentence=max(one.sentence or 0.0 for one in seen) if read else None,
        window=max(one.window or 0.0 for one in seen) if read else None,
    )


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(min(value, 60.0), -60.0)))
