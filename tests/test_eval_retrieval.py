"""How early facts are found: ranks by hand, the measures against their formulas."""

from __future__ import annotations

from math import log2

import pytest

from eval.metrics.retrieval import rankings, ranks, within_budget
from eval.spans import Span


def at(start: int, end: int) -> Span:
    return Span("a", start, end)


FIRST, SECOND = [at(0, 10), at(90, 100)], [at(20, 30)]


@pytest.mark.parametrize(
    ("retrieved", "found"),
    [
        ([], [None, None]),
        ([at(0, 40)], [1, 1]),  # one passage may hold both facts
        ([at(40, 50), at(20, 30), at(85, 100)], [3, 2]),
        ([at(6, 16), at(5, 16)], [2, None]),  # four characters of ten are not half, five are
    ],
)
def test_the_rank_of_a_fact_is_that_of_the_first_passage_that_holds_it(
    retrieved: list[Span], found: list[int | None]
) -> None:
    assert ranks(retrieved, [FIRST, SECOND]) == found


@pytest.mark.parametrize(
    ("found", "at_1", "at_5", "at_10", "mrr", "ndcg"),
    [
        ([1], 1.0, 1.0, 1.0, 1.0, 1.0),
        ([3], 0.0, 1.0, 1.0, 1 / 3, 1 / log2(4)),
        ([6], 0.0, 0.0, 1.0, 1 / 6, 1 / log2(7)),
        ([11], 0.0, 0.0, 0.0, 1 / 11, 0.0),
        ([150], 0.0, 0.0, 0.0, 1 / 150, 0.0),
        ([None], 0.0, 0.0, 0.0, 0.0, 0.0),
        ([1, None], 0.5, 0.5, 0.5, 0.5, 0.5),
        ([1, 1], 1.0, 1.0, 1.0, 1.0, 1.0),
        ([2, 10], 0.0, 0.5, 1.0, (1 / 2 + 1 / 10) / 2, (1 / log2(3) + 1 / log2(11)) / 2),
    ],
)
def test_measures_of_a_question_are_means_over_its_facts(
    found: list[int | None], at_1: float, at_5: float, at_10: float, mrr: float, ndcg: float
) -> None:
    ranking = rankings({"q": found, "another": [1]})["q"]

    assert (ranking.recall_at_1, ranking.recall_at_5, ranking.recall_at_10) == (at_1, at_5, at_10)
    assert (ranking.reciprocal_rank, ranking.ndcg_at_10) == pytest.approx((mrr, ndcg))


@pytest.mark.parametrize(
    ("budget", "share"), [(10, 0.0), (15, 0.5), (30, 0.5), (34, 0.5), (35, 1.0)], ids=lambda value: str(value)
)
def test_what_the_first_characters_hold(budget: int, share: float) -> None:
    retrieved = [at(200, 210), at(0, 20), at(20, 30)]  # 10 of nothing, the first fact in the next 10, the second last

    assert within_budget(retrieved, [FIRST, SECOND], budget) == share
