"""What people ask and what they must read, over the shipped corpus: the words that must stand in the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.errors import InputRefused
from rag.pipeline import QUESTION_LIMIT, Pipeline
from rag.schema import Answer, Outcome
from rag.text import sha256

ANSWERED = [
    ("What is referred pain?", ["pain felt in one part of the body that comes from another part"]),
    ("How can I tell hip arthritis from a back problem?", ["hip arthritis"]),
    ("Does piriformis pain go below the knee?", ["rarely goes below the knee"]),
    ("What eases pain from spinal stenosis?", ["sits down or leans forward"]),
    ("which discs herniate most", ["L4-L5 or the L5-S1"]),
    ("Why does sitting make it worse?", ["sitting"]),
    ("what can i do about SI joint pain", ["SI joint"]),
    ("what is siatica", ["Sciatica is leg pain"]),
]
QUESTIONS = ["What is referred pain?", "what can i do about SI joint pain", "what is siatica", "What eases sciatica?"]
ABSTAINED = [
    "What does a hip replacement cost?",
    "Who won the cup in 1998?",
    "How much ibuprofen can I take?",
    "What is the capital of France?",
    "How do I fix a leaking tap?",
    "asdf qwer zxcv and what for lkjh",
    "hi there",
]


def spoken(answer: Answer) -> str:
    return "\n".join(statement.text for statement in answer.statements)


@pytest.mark.parametrize(("question", "words"), ANSWERED)
def test_is_answered_in_at_most_five_statements(pipeline: Pipeline, question: str, words: list[str]) -> None:
    answer = pipeline.answer(question)

    assert answer.outcome is Outcome.ANSWERED
    assert 1 <= len(answer.statements) <= 5
    assert all(part.casefold() in spoken(answer).casefold() for part in words), spoken(answer)


@pytest.mark.parametrize("question", ABSTAINED)
def test_abstains_and_says_what_is_near(pipeline: Pipeline, question: str) -> None:
    answer = pipeline.answer(question)

    assert answer.outcome is Outcome.ABSTAINED
    assert answer.statements == ()
    assert answer.nearest
    assert answer.notice is not None
    assert answer.notice.startswith("The articles do not answer this.")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("what is Paget's disease", "paget disease"),
        ("symptoms of Guillain-Barre syndrome", "guillain barre syndrome"),
        ("when should I worry about Guillain-Barre syndrome", "guillain barre syndrome"),
        ("exercises for carpal tunnel syndrome", "carpal tunnel syndrome"),
        ("what helps shin splints?", "splints"),  # not "sprints", which the articles say
        ("what are the symptoms of fibromyalgia?", "fibromyalgia"),
    ],
)
def test_what_is_near_to_an_unknown_condition_is_no_answer(pipeline: Pipeline, question: str, name: str) -> None:
    answer = pipeline.answer(question)

    assert answer.outcome is Outcome.ABSTAINED
    assert f"The articles never mention “{name}”." in (answer.notice or "")


@pytest.mark.parametrize(
    "question",
    [
        "what is the difference between sciatica and Paget's disease",
        "what is Paget's disease and how long does sciatica last",
    ],
)
def test_beside_an_unknown_condition_the_known_one_is_answered(pipeline: Pipeline, question: str) -> None:
    answer = pipeline.answer(question)

    assert answer.outcome is Outcome.ANSWERED
    assert "sciatica" in spoken(answer).casefold()
    assert "The articles never mention “paget disease”." in (answer.notice or "")


@pytest.mark.parametrize("question", [*QUESTIONS, *ABSTAINED])
def test_every_quote_equals_its_slice(pipeline: Pipeline, question: str) -> None:
    answer = pipeline.answer(question)
    citations = [one for statement in answer.statements for one in statement.citations] + list(answer.nearest)

    assert citations
    for citation in citations:
        article = pipeline.index.article(citation.article_id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
        assert sha256(article.text) == citation.article_sha256


def test_no_sentence_is_said_twice(pipeline: Pipeline) -> None:
    for question in QUESTIONS:
        said = [statement.text for statement in pipeline.answer(question).statements]
        assert len(said) == len(set(said))


def test_the_same_question_gets_the_same_answer(pipeline: Pipeline) -> None:
    for question in ("What eases sciatica?", "What does a hip replacement cost?"):
        assert pipeline.answer(question) == pipeline.answer(question)


@pytest.mark.parametrize(
    ("question", "in_turn"),
    [
        ("What is sciatica and how long does it last?", ["Sciatica is leg pain", "weeks"]),
        ("Where is hip arthritis felt, and what is its main treatment?", ["groin", "exercise"]),
        ("what is osteoporosis? can it be treated?", ["lost strength", "medicine"]),
    ],
)
def test_a_question_that_asks_several_things_is_answered_in_turn(
    pipeline: Pipeline, question: str, in_turn: list[str]
) -> None:
    said = spoken(pipeline.answer(question)).casefold()
    places = [said.find(words.casefold()) for words in in_turn]

    assert -1 not in places, said
    assert places == sorted(places), said


def test_a_part_that_the_articles_do_not_answer_is_named(pipeline: Pipeline) -> None:
    answer = pipeline.answer("What is sciatica and how much does a hotel in Norway cost?")

    assert answer.outcome is Outcome.ANSWERED
    assert "Sciatica is leg pain" in spoken(answer)
    assert "The articles do not answer this part: “how much does a hotel in Norway cost”." in (answer.notice or "")


def test_a_part_meets_the_threshold_that_a_question_meets(pipeline: Pipeline) -> None:
    doubtful = "my mum has osteoporosis. what should she avoid, and what is osteoporosis?"
    alone = pipeline.answer("my mum has osteoporosis. what should she avoid").confidence
    strict = replace(pipeline, settings=replace(pipeline.settings, threshold=(1 + alone) / 2))

    assert alone > 0.5
    assert "do not answer this part" not in (pipeline.answer(doubtful).notice or "")
    assert "do not answer this part: “what should she avoid”" in (strict.answer(doubtful).notice or "")


def test_a_side_without_a_word_is_named_beside_another_part(pipeline: Pipeline) -> None:
    answer = pipeline.answer("What is the difference between sciatica and gout, and what helps sciatica?")

    assert answer.outcome is Outcome.ANSWERED
    assert "one side of the comparison: “gout”" in (answer.notice or "")


def test_two_parts_that_the_articles_do_not_answer_are_declined(pipeline: Pipeline) -> None:
    answer = pipeline.answer("Who won the cup in 1998 and how much does a hotel in Norway cost?")

    assert answer.outcome is Outcome.ABSTAINED


def test_a_repaired_word_is_said(pipeline: Pipeline) -> None:
    assert pipeline.answer("what is siatica").notice == "Read “siatica” as “sciatica”."


@pytest.mark.parametrize("question", ["", "   ", "?!", "\u200b", "x" * (QUESTION_LIMIT + 1)])
def test_what_is_no_question_is_refused(pipeline: Pipeline, question: str) -> None:
    with pytest.raises(InputRefused):
        pipeline.answer(question)


def test_half_a_surrogate_pair_is_replaced_wherever_it_is_asked(pipeline: Pipeline) -> None:
    answer = pipeline.answer("Does it get worse \ud800 at night?", ["What is \ud800 sciatica?"])

    assert answer.question == "Does it get worse ? at night?"
    assert answer.outcome in (Outcome.ANSWERED, Outcome.ABSTAINED)


@pytest.mark.parametrize(
    "question", ["\ud800 sciatica", "sciatica\x00", "'; DROP TABLE article; --", '" OR NEAR(', "{{x}}"]
)
def test_strange_questions_are_only_text(pipeline: Pipeline, question: str) -> None:
    assert pipeline.answer(question).outcome in (Outcome.ANSWERED, Outcome.ABSTAINED)
