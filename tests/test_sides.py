"""What a question compares, and which side a sentence is about."""

from __future__ import annotations

import pytest

from rag.sides import sides


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("osteopenia vs osteoporosis", "Osteopenia is thin bone.", "Osteoporosis is thinner bone."),
        (
            "What's the difference between referred pain and radicular pain?",
            "Referred pain aches.",
            "Radicular pain burns.",
        ),
        ("how is piriformis syndrome different from sciatica", "The piriformis is tight.", "Sciatica shoots."),
        ("Disc problem or stenosis: which is it?", "A disc bulges.", "Stenosis narrows."),
        ("Did I just strain it or is it a disc?", "A strain heals.", "A disc heals."),
        ("is it my hip or my back", "The hip is stiff.", "The spine is sore."),
        ("hip problem or a back problem, how do i know", "A hip hurts in the groin.", "The lower back is the source."),
        ("Osteopenia and osteoporosis, how do they differ?", "Osteopenia is common.", "Osteoporosis breaks bones."),
        ("ct and ultrasound, what does each show", "A CT shows bone.", "An ultrasound shows tendons."),
    ],
)
def test_a_sentence_is_on_the_side_it_names(question: str, one: str, other: str) -> None:
    found = sides(question)
    assert found is not None
    assert (found.of(one), found.of(other)) == (0, 1)
    assert found.of(f"{one} {other}") is None
    assert found.of("It rains.") is None


@pytest.mark.parametrize(
    "question",
    [
        "What is sciatica?",
        "how long does it take",
        "hip pain or hip pain",
        "",
        "I'm 45 and since gardening my back locks up each morning. Do I need a scan?",  # a story goes on
        "sore back and stiff legs each morning",
    ],
)
def test_what_compares_nothing_has_no_sides(question: str) -> None:
    assert sides(question) is None
