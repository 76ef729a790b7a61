"""A question that asks several things: where it is parted, and how each part is made whole."""

from __future__ import annotations

import pytest

from rag.lexical import terms
from rag.parts import parts

TITLES = frozenset(terms("sciatica piriformis syndrome spinal stenosis hip arthritis"))


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("What is sciatica and how long does it last?", ["What is sciatica", "how long does sciatica last"]),
        (
            "What is piriformis syndrome, why does it hurt, and what can I do about it?",
            ["What is piriformis syndrome", "why does piriformis syndrome hurt", "what can I do about piriformis syndrome"],
        ),
        (
            "what makes stenosis better and what makes it worse",
            ["what makes stenosis better", "what makes stenosis worse"],
        ),
        (
            "can stenosis be mixed up with hip arthritis, and does it heal?",
            ["can stenosis be mixed up with hip arthritis", "does hip arthritis heal"],
        ),
        (
            "which leg pains come on with walking and what eases each of them",
            ["which leg pains come on with walking", "which leg pains come on with walking. what eases each of them"],
        ),
        (
            "My mum is 70. Is it her hip, and what would help her sleep?",
            ["My mum is 70. Is it her hip", "My mum is 70. what would help her sleep"],
        ),
        (
            "i turn over and it grinds by the dimples is that common and what makes it easier",
            [
                "i turn over and it grinds by the dimples. is that common",
                "i turn over and it grinds by the dimples. what makes it easier",
            ],
        ),
        (
            "When is a scan useful for the back and when for the hip and when after a fall?",
            [
                "When is a scan useful for the back",
                "When is a scan useful for the hip",
                "When is a scan useful after a fall",
            ],
        ),
        (
            "what can i do in bed at night for arthritis and what for stenosis",
            ["what can i do in bed at night for arthritis", "what can i do in bed at night for stenosis"],
        ),
        ("What helps arthritis, and what in sciatica?", ["What helps arthritis", "What helps arthritis. what in sciatica"]),
        (
            "foot drop - what could be behind it and what helps",
            ["foot drop. what could be behind it", "foot drop. what helps"],
        ),
        (
            "foot drop — what could be behind it — and what helps?",
            ["foot drop. what could be behind it", "foot drop. what helps"],
        ),
        (
            "I pulled a muscle. What do I do at home, and at what point do I get help?",
            ["I pulled a muscle. What do I do at home", "I pulled a muscle. at what point do I get help"],
        ),
        (
            "Which nerve is hurt in sciatica? Does it heal?",
            ["Which nerve is hurt in sciatica", "Does sciatica heal"],
        ),
    ],
)  # fmt: skip
def test_each_part_is_a_question_of_its_own(question: str, read: list[str]) -> None:
    assert [part.read for part in parts(question, TITLES)] == read


def test_a_part_keeps_the_words_it_was_asked_in() -> None:
    found = parts("What is sciatica, and how long does it last?", TITLES)

    assert [part.asked for part in found] == ["What is sciatica", "how long does it last"]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "What is sciatica?",
        "What and where is the piriformis?",
        "My back hurts and is stiff. What is it?",
        "It hurts when I walk and when I sit, what helps?",
        "I have a pain in my hip, which is worse at night. What could it be?",
        "since discs slip out, how do I get mine back in",
        "Disc problem or stenosis: which one feels better when you sit down?",
        "hip and back pain",
        "What is it good for, and what for?",
        "When in the day is hip arthritis worst?",
        "Is it bad? Is it the hip? Is it the back? Is it the disc? Is it a nerve?",
    ],
)
def test_what_asks_one_thing_or_too_many_is_read_as_a_whole(question: str) -> None:
    assert parts(question, TITLES) == ()
