"""Measures of citations, each with a table worked out by hand. Articles are ruled in tens: (a, 0, 10), (a, 10, 20), …"""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_ground import NERVE, WORLD, citation

from eval.metrics import citations as measure
from eval.spans import Span, shared, shares_half, total, union, without


def at(start: int, end: int, article: str = "a") -> Span:
    return Span(article, start, end)


@pytest.mark.parametrize(
    ("one", "two", "hit"),
    [
        (at(0, 10), at(0, 10), True),
        (at(0, 10), at(5, 15), True),  # exactly half
        (at(0, 10), at(6, 16), False),
        (at(0, 100), at(50, 60), True),  # the shorter one lies inside
        (at(0, 10), at(0, 10, "b"), False),
        (at(5, 5), at(0, 10), False),  # nothing is cited
    ],
)
def test_a_hit_shares_half_of_the_shorter_span(one: Span, two: Span, hit: bool) -> None:
    assert shares_half(one, two) is shares_half(two, one) is hit


def test_characters_are_counted_once() -> None:
    spans = [at(0, 10), at(5, 20), at(30, 40), at(0, 10, "b")]

    assert union(spans) == (at(0, 20), at(30, 40), at(0, 10, "b"))
    assert total(spans) == 40
    assert shared(spans, [at(15, 35), at(15, 35)]) == 10
    assert without(at(0, 50), spans) == (at(20, 30), at(40, 50))


EXACT = [
    ({}, True),
    ({"start": 1}, False),
    ({"end": len(NERVE) + 1}, False),
    ({"start": 1, "end": len(NERVE) + 1}, False),  # shifted by one
    ({"quote": NERVE.lower()}, False),
    ({"article_id": "hip"}, False),
    ({"article_id": "none"}, False),
    ({"start": -len(NERVE), "end": 0}, False),
    ({"start": 5, "end": 5, "quote": ""}, False),
]


@pytest.mark.parametrize(("change", "exact"), EXACT)
def test_exact_means_the_slice_equals_the_quote(change: dict[str, object], exact: bool) -> None:
    assert measure.is_exact(replace(citation(NERVE), **change), WORLD.find) is exact  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("right", "value"), [([], None), ([True], 1.0), ([True, False], 0.5), ([False, False, False, True], 0.25)]
)
def test_precision(right: list[bool], value: float | None) -> None:
    assert measure.precision(right) == value


FACTS = [[at(0, 10), at(50, 60)], [at(20, 30)]]  # the first fact stands in two places


@pytest.mark.parametrize(
    ("cited", "recall", "covered", "iou"),
    [
        ([], 0.0, 0.0, 0.0),
        ([at(0, 10)], 0.5, 0.5, 0.5),
        ([at(50, 60)], 0.5, 0.5, 0.5),  # another place of the same fact
        ([at(0, 10), at(50, 60)], 0.5, 0.5, 0.5),  # and both: still one fact
        ([at(0, 10), at(20, 30)], 1.0, 1.0, 1.0),
        ([at(0, 30)], 1.0, 1.0, (10 / 30 + 10 / 30) / 2),  # a chunk finds everything, loosely
        ([at(5, 10), at(20, 24)], 1.0, (0.5 + 0.4) / 2, (0.5 + 0.4) / 2),
        ([at(6, 16)], 0.0, 0.2, 4 / 16 / 2),  # four characters of the first fact
    ],
)
def test_recall_counts_facts_and_the_characters_follow(
    cited: list[Span], recall: float, covered: float, iou: float
) -> None:
    assert measure.recall(cited, FACTS) == recall
    assert measure.gold_covered(cited, FACTS) == pytest.approx(covered)
    assert measure.iou(cited, FACTS) == pytest.approx(iou)


def test_without_facts_there_is_nothing_to_find() -> None:
    assert measure.recall([at(0, 10)], []) is None
    assert measure.gold_covered([at(0, 10)], []) is None
    assert measure.iou([at(0, 10)], []) is None


@pytest.mark.parametrize(
    ("cited", "wrong_length", "value"),
    [
        ([], 0, None),
        ([at(0, 10)], 0, 1.0),
        ([at(0, 40)], 0, 0.5),
        ([at(0, 10), at(0, 10)], 0, 1.0),  # the same place twice is the same characters
        ([at(0, 10), at(30, 40)], 0, 0.5),
        ([at(0, 10)], 10, 0.5),  # ten characters that stand nowhere
        ([], 10, 0.0),
    ],
)
def test_tightness_is_the_share_of_cited_characters_that_answer(
    cited: list[Span], wrong_length: int, value: float | None
) -> None:
    assert measure.tightness(cited, [at(0, 10), at(10, 20)], wrong_length) == value


@pytest.mark.parametrize(
    ("precision", "recall", "value"),
    [(1.0, 1.0, 1.0), (0.5, 1.0, 2 / 3), (0.25, 0.5, 1 / 3), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (None, 1.0, 0.0)],
)
def test_f1_is_the_harmonic_mean(precision: float | None, recall: float, value: float) -> None:
    assert measure.f1(precision, recall) == pytest.approx(value)
