"""A follow-up keeps the subject of the question before it, and a new question is left alone."""

from __future__ import annotations

import pytest

from rag.conversation import resolved
from rag.pipeline import Pipeline
from rag.schema import Outcome

SUBJECTS = frozenset({"sciatica", "hip", "osteoarthr", "impinge"})


@pytest.mark.parametrize(
    ("before", "question", "read_as"),
    [
        # a pronoun takes the subject's place
        ("What is sciatica?", "does it get worse at night?", "does sciatica get worse at night?"),
        ("What is sciatica?", "Does it cause numbness in the foot?", "Does sciatica cause numbness in the foot?"),
        ("What is sciatica?", "Does the pain spread to the foot?", "Does sciatica spread to the foot?"),
        ("What helps sciatica?", "should I see a doctor about this?", "should I see a doctor about sciatica?"),
        # "they" may be the doctors, so the subject is only set in front
        ("What is sciatica?", "Can they operate?", "sciatica: Can they operate?"),
        # no subject of its own
        ("What is sciatica?", "What helps?", "sciatica: What helps?"),
        ("What is sciatica?", "why?", "sciatica: why?"),
        ("What is sciatica?", "Is it safe to run?", "sciatica: Is it safe to run?"),
        ("How is hip impingement treated?", "do exercises help?", "hip impingement: do exercises help?"),
        # a continuation changes the subject, or adds a circumstance
        ("What helps sciatica?", "and hip osteoarthritis?", "What helps hip osteoarthritis?"),
        ("What helps sciatica?", "what about in pregnancy?", "What helps sciatica, in pregnancy?"),
        # who is asked about stands in what was told of her
        ("My mum is 78. She broke her hip.", "Will she walk?", "My mum is 78. She broke her hip. Will she walk?"),
        ("my mum broke her hip. how long will it take", "can she drive", "my mum broke her hip. can she drive"),
        # the subject is what the articles know, not what happened to come first
        ("I was gardening and my hip aches. What is hip osteoarthritis?", "is this common?", "is hip osteoarthritis common?"),
    ],
)  # fmt: skip
def test_a_follow_up_is_read_with_the_subject_before_it(before: str, question: str, read_as: str) -> None:
    assert resolved(question, [before], SUBJECTS) == read_as


@pytest.mark.parametrize(
    "question",
    [
        "What are the symptoms of hip osteoarthritis?",
        "Is it safe to run with hip osteoarthritis?",
        "I have hip osteoarthritis. Does it get worse at night?",
        "Is the pain of piriformis syndrome similar?",
        "My back went this week and I can't bend, what helps?",
        "Who won the world cup?",
        "Thanks, bye!",
        "My sister limps. Should she rest?",
        "My surgeon says he will operate, is that usual?",
    ],
)
def test_a_question_with_its_own_subject_is_left_alone(question: str) -> None:
    assert resolved(question, ["What is sciatica?"], SUBJECTS) == question


def test_without_anything_before_it_a_question_is_left_alone() -> None:
    assert resolved("does it get worse at night?", []) == "does it get worse at night?"
    assert resolved("does it get worse?", ["thanks"]) == "does it get worse?"


def test_the_subject_is_kept_over_several_turns() -> None:
    earlier = ["What is sciatica?", "does it get worse at night?", "what helps?"]

    assert resolved("how long does it last?", earlier, SUBJECTS) == "how long does sciatica last?"
    assert resolved("how long does it last?", [*earlier, "ok thanks"], SUBJECTS) == "how long does sciatica last?"


def test_the_answer_says_how_it_was_read_and_keeps_what_was_asked(pipeline: Pipeline) -> None:
    alone = pipeline.answer("does it get worse when sitting?")
    followed = pipeline.answer("does it get worse when sitting?", earlier=["What is sciatica?"])

    assert followed.outcome is Outcome.ANSWERED
    assert "sciatica" in {one.article_id for statement in followed.statements for one in statement.citations}
    assert "as “does sciatica get worse when sitting?”" in str(followed.notice)
    assert followed.question == alone.question == "does it get worse when sitting?"
    assert "earlier" not in str(alone.notice)
