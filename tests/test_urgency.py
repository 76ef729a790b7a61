"""Questions about when to get help: which they are, what is added to them, and that emergencies come first."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.explain import explained
from rag.lexical import terms
from rag.pipeline import Pipeline
from rag.schema import Answer, Outcome
from rag.urgency import DOCTOR, EMERGENCY, asks_for_emergencies, completed, subject, tells_of_emergency


@pytest.mark.parametrize(
    "question",
    [
        "Which signs with back pain mean I need help at once?",
        "when should i worry about my back",
        "What symptoms mean I should go to A&E?",
        "what would make this a 999 job",
        "At what point does sciatica need urgent treatment?",
        "How do I know if my hip pain is serious?",
        "red flags for back pain",
        "is there anything I shouldn't ignore?",
        "which symptoms need a hospital",
    ],
)
def test_who_asks_how_fast_and_by_what_signs_asks_for_emergencies(question: str) -> None:
    assert completed(question) == f"{question.rstrip('?')} {EMERGENCY}?"


@pytest.mark.parametrize(
    "question",
    [
        "When should hip pain be looked at?",
        "do i need a doctor for this",
        "how many weeks do I wait before seeing someone?",
        "is this something to show the GP?",
        "My knee gives way, should I get it checked?",
        "which changes need checking after a new hip",
    ],
)
def test_who_asks_when_to_be_seen_asks_for_a_doctor(question: str) -> None:
    assert completed(question) == f"{question.rstrip('?')} {DOCTOR}?"


@pytest.mark.parametrize(
    "question",
    [
        "What is sciatica?",
        "What does a doctor do for stenosis?",
        "Is a disc bulge serious?",
        "Can a slipped disc be seen on a scan?",
        "what can i do while i wait for physio",
        "Does walking help at once?",
        "How quickly does a muscle strain heal?",
    ],
)
def test_any_other_question_stays_as_it_is(question: str) -> None:
    assert completed(question) == question


@pytest.mark.parametrize(("question", "asks"), [("A&E with what signs?", True), ("when to see a doctor?", False)])
def test_what_is_added_does_not_change_whether_emergencies_are_asked_for(question: str, asks: bool) -> None:
    assert (asks_for_emergencies(question), asks_for_emergencies(completed(question))) == (asks, asks)


@pytest.mark.parametrize(
    ("sentence", "heading", "tells"),
    [
        ("Back pain with chest pain needs an emergency call.", "", True),
        ("Numbness between the legs needs care now.", "Signs of an emergency", True),
        ("Go to A&E if both legs are weak.", "", True),
        ("Fever with back pain needs same-day care.", "Signs that need a clinician the same day", False),
        ("Pain without any of these emergency signs can wait for an appointment.", "Emergency signs", False),
        ("Sciatica is rarely an emergency.", "", False),
        ("Do not wait: call an ambulance.", "", True),
    ],
)
def test_a_sentence_tells_of_an_emergency_itself_or_under_its_heading(sentence: str, heading: str, tells: bool) -> None:
    assert tells_of_emergency(sentence, heading) is tells


URGENT = (Path(__file__).parent / "urgent.txt").read_text("utf-8").splitlines()


def telling(answer: Answer) -> list[bool]:
    """Of each statement, whether it tells of an emergency."""
    return [any(tells_of_emergency(one.quote, one.section) for one in told.citations) for told in answer.statements]


def test_who_asks_for_emergencies_is_told_them_first(pipeline: Pipeline) -> None:
    """44 of the 49 when this was written; without what is added, and in order of likelihood alone, 21."""
    told = [telling(pipeline.answer(question)) for question in URGENT]

    assert sum(any(tells[:1]) for tells in told) >= 0.85 * len(URGENT)
    assert all(tells == sorted(tells, reverse=True) for tells in told if any(tells[:1]))


@pytest.mark.parametrize(
    "question",
    [
        "Which signs with back pain mean I need help at once?",
        "what are the red flags for back pain",
        "when should I go to A&E with my back",
        "When is back pain an emergency?",
    ],
)
def test_who_asks_for_emergencies_of_the_back_is_told_those_of_the_bladder_and_the_saddle(
    pipeline: Pipeline, question: str
) -> None:
    told = " ".join(statement.text for statement in pipeline.answer(question).statements)

    assert "numbness between the legs" in told
    assert "bladder" in told


@pytest.mark.parametrize(
    "question",
    [
        "What are red flag symptoms in sciatica?",
        "when is stenosis an emergency",
        pytest.param(
            "At which stage does stenosis become urgent?",
            marks=pytest.mark.xfail(strict=True, reason="declined since the reader of extractive-9"),
        ),
    ],
)
def test_who_asks_for_emergencies_of_a_condition_of_the_articles_is_answered(pipeline: Pipeline, question: str) -> None:
    assert telling(pipeline.answer(question))[:1] == [True]


def test_it_is_said_where_emergencies_stand_that_found_no_room(pipeline: Pipeline) -> None:
    many = pipeline.answer("Which signs with back pain mean I need help at once?")
    few = pipeline.answer("What would an emergency with a slipped disc look like?")

    assert "More emergencies than these are named in “When to get help for back or hip pain”." in (many.notice or "")
    assert "More emergencies" not in (few.notice or "")


def test_a_part_that_asks_for_emergencies_is_told_them_in_its_turn(pipeline: Pipeline) -> None:
    answer = pipeline.answer("What is sciatica, and when is it an emergency?")

    assert "Sciatica is leg pain" in answer.statements[0].text
    assert any(telling(answer)[1:])


@pytest.mark.parametrize(
    "question",
    [
        "What are the warning signs of a stroke?",
        "When is a nosebleed dangerous?",
        "When is it urgent to change the oil?",
    ],
)
def test_what_is_added_makes_nothing_answerable(pipeline: Pipeline, question: str) -> None:
    """Completed, each of the first two comes near sentences on other emergencies, and nearer than the threshold."""
    assert pipeline.answer(question).outcome is Outcome.ABSTAINED


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("when should piriformis pain worry me", {"piriformi"}),
        ("what counts as an emergency in hip pain", {"hip"}),
        ("At which stage does stenosis become urgent?", {"stenosi"}),
        ("when does a toothache need a doctor", {"toothach"}),
        ("when should I worry about chest pain", {"chest"}),
        ("Which symptoms need immediate medical attention?", set()),
    ],
)
def test_what_such_a_question_is_about(question: str, about: set[str]) -> None:
    assert subject(question) == about


def test_help_with_something_else_is_not_about_what_the_articles_are(pipeline: Pipeline) -> None:
    titles = {stem for article in pipeline.index.articles() for stem in terms(article.title)}
    asked = (Path(__file__).parent.parent / "training" / "help.txt").read_text("utf-8").splitlines()
    seeking = [question for question in asked if completed(question) != question]

    assert len(seeking) > 80
    assert [question for question in seeking if subject(question) and subject(question) <= titles] == []


@pytest.mark.parametrize(
    "question", ["when should piriformis pain worry me", "what counts as an emergency in hip pain"]
)
def test_what_is_added_counts_where_the_question_is_about_what_the_articles_are(
    pipeline: Pipeline, question: str
) -> None:
    assert pipeline.answer(question).outcome is Outcome.ANSWERED


def test_the_explanation_says_what_was_read(pipeline: Pipeline) -> None:
    _, draft = pipeline.reasoned("When is back pain an emergency?")

    assert draft is not None
    assert f"considered for “When is back pain an emergency {EMERGENCY}?”" in explained(draft, pipeline.index)
