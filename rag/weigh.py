"""Features to probabilities: that a sentence answers, and that the articles answer at all.

Two logistic lines, each with and without the reader. Fitted by ``python -m training.weigh`` on unlike sets of
articles, the second also on strangers' questions that share words with them; the constants below are its output. No
threshold is fitted to a corpus.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.candidates import Candidate, Features


@dataclass(frozen=True, slots=True)
class Summit:
    """The most that speaks for any candidate, and the reader's logit of the second-best sentence.

    Where several sentences answer, one of them is rarely an accident.
    """

    cosine: float
    passage: float
    sentence: float | None
    second: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic line: what it starts from, and a weight for each feature that it looks at."""

    bias: float
    weights: Mapping[str, float]

    def __call__(self, features: Features | Summit) -> float:
        """The line's value, a logit."""
        return self.bias + sum(weight * float(getattr(features, name)) for name, weight in self.weights.items())


ANSWERS = Line(
    bias=-3.483,
    weights={"cosine": 2.359, "passage": 1.268, "own": 1.286, "rank": 0.634, "sentence": 0.358, "window": 0.053},
)
COVERED = Line(bias=-1.383, weights={"sentence": 0.502, "second": 0.191, "passage": 4.312})
ANSWERS_UNREAD = Line(bias=-6.881, weights={"cosine": 6.475, "passage": 1.732, "own": 1.603, "rank": 0.659})
COVERED_UNREAD = Line(bias=-4.546, weights={"cosine": 6.805, "passage": 1.125})


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


def summit(candidates: Sequence[Candidate]) -> Summit:
    """The highest values over the candidates; a sentence without another is its own second."""
    seen = [candidate.features for candidate in candidates]
    logits = sorted((one.sentence for one in seen if one.sentence is not None), reverse=True)
    return Summit(
        cosine=max(one.cosine for one in seen),
        passage=max(one.passage for one in seen),
        sentence=logits[0] if logits else None,
        second=logits[:2][-1] if logits else None,
    )


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(min(value, 60.0), -60.0)))
