"""Declining and confidence, and the intervals of every figure: tables worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from eval.metrics.declining import Point, aurc, auroc, risk_coverage, utility
from eval.metrics.intervals import draws, percentiles, proportion, wilson

ONCE = np.ones((1, 4))


@pytest.mark.parametrize(
    ("answerable", "unanswerable", "value"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1, 0.2], [0.9, 0.8], 0.0),
        ([0.5, 0.5], [0.5, 0.5], 0.5),  # ties count half
        ([0.9, 0.3], [0.5, 0.1], 0.75),  # three of four pairs
        ([0.9, 0.5], [0.5, 0.1], 0.875),
    ],
)
def test_auroc_is_the_share_of_pairs_in_the_right_order(
    answerable: list[float], unanswerable: list[float], value: float
) -> None:
    confidence = np.array(answerable + unanswerable)

    assert auroc(ONCE, confidence, np.array([True, True, False, False]))[0] == pytest.approx(value)


def test_auroc_needs_both_sides() -> None:
    assert np.isnan(auroc(ONCE, np.ones(4), np.ones(4, dtype=bool))[0])


def test_auroc_weighs_questions_as_they_were_drawn() -> None:
    drawn = np.array([[2.0, 0.0, 1.0, 1.0], [0.0, 2.0, 1.0, 1.0]])
    confidence = np.array([0.9, 0.3, 0.5, 0.1])

    assert auroc(drawn, confidence, np.array([True, True, False, False])).tolist() == [1.0, 0.5]


CONFIDENCE = np.array([0.9, 0.8, 0.7, 0.6])
ANSWERED = np.array([True, True, True, False])


def test_the_curve_goes_from_the_surest_answer_to_the_last_one_given() -> None:
    curve = risk_coverage(CONFIDENCE, np.array([0.0, 1.0, 0.0, 0.0]), ANSWERED)

    assert curve == (Point(0.9, 0.25, 0.0), Point(0.8, 0.5, 0.5), Point(0.7, 0.75, 1 / 3))


def test_answers_of_equal_confidence_are_one_point() -> None:
    curve = risk_coverage(np.array([0.9, 0.9, 0.5, 0.1]), np.array([0.0, 1.0, 0.0, 0.0]), ANSWERED)

    assert [point.coverage for point in curve] == [0.5, 0.75]


@pytest.mark.parametrize(
    ("loss", "area"),
    [
        ([0, 0, 0, 0], 0.0),
        ([1, 1, 1, 0], 1.0),
        ([0, 1, 0, 0], (0 + 1 / 2 + 1 / 3) / 3),
        ([1, 0, 0, 0], (1 + 1 / 2 + 1 / 3) / 3),  # a wrong answer costs most where it was surest
        ([0, 0, 1, 0], (0 + 0 + 1 / 3) / 3),
    ],
)
def test_the_area_is_the_mean_risk_over_answers(loss: list[float], area: float) -> None:
    assert aurc(ONCE, CONFIDENCE, np.array(loss, dtype=float), ANSWERED)[0] == pytest.approx(area)


def test_the_area_does_not_depend_on_the_order_of_ties() -> None:
    confidence = np.array([0.9, 0.9, 0.1, 0.0])
    areas = [aurc(ONCE, confidence, np.array(loss), ANSWERED)[0] for loss in ([0.0, 1.0, 0, 0], [1.0, 0.0, 0, 0])]

    assert areas == pytest.approx([(1 / 2 + 1 / 2 + 1 / 3) / 3] * 2)


def test_no_answer_no_area() -> None:
    assert np.isnan(aurc(ONCE, CONFIDENCE, np.zeros(4), np.zeros(4, dtype=bool))[0])


@pytest.mark.parametrize(
    ("char_f1", "declined", "value"),
    [(1.0, 1.0, 1.0), (0.0, 1.0, 0.5), (1.0, 0.0, 0.5), (0.0, 0.0, 0.0), (0.6, 0.9, 0.75)],
)
def test_utility_is_half_and_half(char_f1: float, declined: float, value: float) -> None:
    assert utility(np.array([char_f1]), np.array([declined]))[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),  # the worked example of Newcombe 1998
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_a_share_of_nothing_has_no_value() -> None:
    assert proportion(0, 0).value is None
    assert (proportion(3, 4).value, proportion(3, 4).n) == (0.75, 4)


def test_a_draw_takes_as_many_questions_as_there_are_and_is_the_same_every_time() -> None:
    drawn = draws(7, count=50)

    assert drawn.shape == (50, 7)
    assert set(drawn.sum(axis=1)) == {7.0}
    assert np.array_equal(drawn, draws(7, count=50))
    assert len(np.unique(drawn, axis=0)) > 40


def test_the_interval_is_the_middle_of_what_is_known() -> None:
    assert percentiles(np.array([*range(101), np.nan], dtype=float)) == pytest.approx((2.5, 97.5))
    assert percentiles(np.array([np.nan])) is None
