"""Whole answers scored: an oracle earns everything, refusing everything half, wrong quotes and garbage nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from eval_ground import (
    CASES,
    EXERCISE,
    GROIN,
    NERVE,
    ORACLE,
    REST,
    RUN,
    START,
    WALK,
    WORLD,
    answer,
    case,
    citation,
    gold,
)

from eval.compare import compare
from eval.score import Score, score, score_all
from eval.summary import TITLES, summary
from rag.schema import Answer, Citation, Outcome

BEST = {name: 0.0 if name in ("misleading", "stopped", "aurc") else 1.0 for name in TITLES} | {"recall_at_1": 5 / 6}


def scored(answers: Mapping[str, Answer]) -> tuple[Score, ...]:
    return score_all(CASES, answers, WORLD)


def figures(answers: Mapping[str, Answer]) -> dict[str, float | None]:
    return {name: figure.value for name, figure in summary(scored(answers)).items()}


def test_an_oracle_earns_everything() -> None:
    # Two facts cannot both be first: recall@1 is (1 + 1/2 + 1) / 3, MRR and nDCG likewise.
    found = figures(ORACLE)
    best = BEST | {"reciprocal_rank": (1 + 0.75 + 1) / 3, "ndcg_at_10": found["ndcg_at_10"]}

    assert found == pytest.approx(best)


def test_refusing_everything_earns_half() -> None:
    found = figures({one.id: answer() for one in CASES})

    assert found["utility"] == 0.5
    assert (found["answered"], found["declined"], found["f1"], found["recall"]) == (0, 1, 0, 0)
    assert found["precision"] is None


def test_a_perfect_reader_who_answers_everything_earns_half() -> None:
    found = figures(ORACLE | {"d": answer(NERVE), "e": answer(WALK)})

    assert found["utility"] == 0.5
    assert (found["char_f1"], found["declined"]) == (1, 0)


GARBAGE = {
    "quotes that stand nowhere": replace(citation(NERVE), quote="Sciatica is an infection."),
    "offsets shifted by one": replace(citation(NERVE), start=citation(NERVE).start + 1, end=citation(NERVE).end + 1),
    "the wrong article": replace(citation(NERVE), article_id="hip"),
    "an article that is not there": replace(citation(NERVE), article_id="knee"),
}


@pytest.mark.parametrize("wrong", GARBAGE.values(), ids=GARBAGE)
def test_garbage_earns_nothing_even_where_it_points_at_gold(wrong: object) -> None:
    found = figures({one.id: answer(wrong) for one in CASES})  # type: ignore[arg-type]

    for name in ("exactness", "precision", "recall", "f1", "char_f1", "first_right", "tightness", "utility", "iou"):
        assert found[name] == 0, name


def elsewhere(words: str) -> Citation:
    return replace(citation(words), section="Another heading")


def forged(words: str) -> Citation:
    return replace(citation(words), quote="It never helps.")


ONE = case("q", gold(WALK, EXERCISE), gold(REST), also_ok=gold(START))


@pytest.mark.parametrize(
    ("given", "precision", "recall", "f1", "first", "misleading"),
    [
        (answer(WALK, REST), 1.0, 1.0, 1.0, 1.0, 0),
        (answer(EXERCISE, REST), 1.0, 1.0, 1.0, 1.0, 0),
        (answer(GROIN, WALK), 0.5, 0.5, 0.5, 0.0, 0),
        (answer(WALK, WALK), 1.0, 0.5, 2 / 3, 1.0, 0),  # the same place twice counts once
        (answer(WALK, elsewhere(WALK)), 1.0, 0.5, 2 / 3, 1.0, 0),  # under whichever heading
        (answer(forged(WALK), WALK), 0.5, 0.5, 0.5, 0.0, 0),  # a false quote is wrong, though its place be right
        (answer(NERVE, START, WALK), 2 / 3, 0.5, 4 / 7, 0.0, 0),  # accepted places cost nothing and earn no recall
        (answer(START), 1.0, 0.0, 0.0, 1.0, 1),
        (answer(), None, 0.0, 0.0, None, 0),
    ],
)
def test_one_question_by_hand(
    given: Answer, precision: float | None, recall: float, f1: float, first: float | None, misleading: int
) -> None:
    one = score(ONE, given, WORLD)

    assert (one.precision, one.recall, one.f1) == pytest.approx((precision, recall, f1))
    assert (one.first_right, one.misleading) == (first, misleading)


def test_an_unanswerable_question_has_no_citation_figures() -> None:
    one = score(case("q"), answer(WALK), WORLD)

    assert (one.precision, one.recall, one.f1, one.recall_at_10) == (None, None, None, None)
    assert (one.answered, one.loss) == (True, 1.0)


def test_a_question_the_guard_stopped_is_not_answered_and_its_retrieval_is_not_judged() -> None:
    stopped = answer(outcome=Outcome.RED_FLAG, confidence=0.0)
    found = figures(ORACLE | {"a": stopped})

    assert found["answered"] == pytest.approx(2 / 3)
    assert found["stopped"] == pytest.approx(1 / 5)
    assert found["within_budget"] == 1
    assert found["auroc"] == 1  # a message that was never looked up says nothing about the articles


def test_an_abstention_shows_nothing_as_its_answer() -> None:
    one = score(ONE, answer(WALK, outcome=Outcome.ABSTAINED), WORLD)

    assert (one.cited, one.recall) == (0, 0.0)


def test_every_figure_has_an_interval_around_it() -> None:
    for name, figure in summary(scored(ORACLE | {"c": answer(RUN), "d": answer(RUN)})).items():
        assert figure.value is not None, name
        assert figure.low is not None, name
        assert figure.high is not None, name
        assert figure.low <= figure.value <= figure.high, name


# Two runs over the same questions.


def test_a_run_does_not_differ_from_itself() -> None:
    comparison = compare("dev", scored(ORACLE), scored(ORACLE))

    assert comparison.changed == ()
    assert {one.value for one in comparison.differences.values()} == {0.0}


def test_a_difference_is_paired_and_names_the_questions_that_changed() -> None:
    worse = scored(ORACLE | {"a": answer(GROIN), "d": answer(WALK)})
    comparison = compare("dev", worse, scored(ORACLE))

    assert [(one.id, one.before, one.after) for one in comparison.changed] == [("a", 1.0, 0.0), ("d", None, None)]
    assert comparison.differences["first_right"].value == pytest.approx(-1 / 3)
    assert comparison.differences["declined"].value == -0.5
    low, high = comparison.differences["f1"].low, comparison.differences["f1"].high
    assert low is not None
    assert high is not None
    assert -1 <= low < -1 / 3 < high <= 0


def test_only_questions_of_both_runs_are_compared() -> None:
    comparison = compare("dev", scored(ORACLE), scored(ORACLE)[:2])

    assert comparison.questions == 2
