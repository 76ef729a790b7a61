"""What may be quoted, what a sentence leans on, and how passages are cut."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from ingest.build import ingest
from ingest.split import is_evidence
from rag.index import Index
from rag.pipeline import Pipeline
from rag.settings import Settings

NEVER = [
    "Click here to book your appointment.",
    "If you need some help, call us at 555-123-4567.",
    "Download our free guide to back pain.",
    "In this article we look at the causes of hip pain.",
    "This article explains how to sit.",
    "I will discuss the reasons below.",
    "What can you do about it?",
    "Read more on www.example.com today.",
    "Write to help@example.com for advice.",
    "Subscribe for weekly tips.",
    "© 2024 The Clinic.",
    "Home",
    "Call us today if your back hurts.",
    "If hip pain keeps you up at night, book an appointment with our team.",
    "Schedule a consultation with a doctor for your knee.",
    "Contact us for a free visit within 24 hours.",
    "Schedule your appointment when it suits you.",
    "Call us if you would like to feel better.",
    "Book an appointment if you are ready for lasting relief.",
    "If you are getting worse, book your free assessment.",
]
ALWAYS = [
    "Call the emergency number now if you cannot pass urine.",
    "A doctor can visit people at home.",
    "Walking eases sciatica in most people.",
    "Stiffness lasts 30-45 minutes.",
    "The pain can follow a fall of 100 feet or a run of 10-20 miles.",
    "Most guidelines advise against bed rest.",
    "Call us the same day if the wound leaks or the leg turns cold.",
    "Book a routine visit if the pain has not eased in a few weeks.",
    "Book an appointment if the pain has lasted more than a few weeks.",
    "Contact us or your GP if the numbness spreads.",
    "Call us if you are no better after two weeks.",
    "Call us before your next dose if you develop a fever.",
    "Book an appointment if you still need tablets every day after a month.",
    "Book a visit if the distance you can walk keeps shrinking.",
    "Stop running and call us this week about groin pain if it grows with each run.",
    "Book a visit with the GP for pain that has not eased in six weeks.",
    "Contact us at once if you have a fever after the injection.",
]


@pytest.mark.parametrize("sentence", NEVER)
def test_is_never_evidence(sentence: str) -> None:
    assert not is_evidence(sentence)


@pytest.mark.parametrize("sentence", ALWAYS)
def test_can_be_evidence(sentence: str) -> None:
    assert is_evidence(sentence)


def indexed(tmp_path: Path, settings: Settings, text: str) -> Index:
    file = tmp_path / "article.txt"
    file.write_text(text, "utf-8")
    ingest([file], settings)
    return Index.open(Path(settings.index))


LIST = """Causes of hip pain

Several conditions of the spine can be felt in the hip:

• Stenosis: A narrow canal crowds the nerves. The pain eases on sitting.
• Disc herniation
• Arthritis

When to worry

Fever with back pain needs care the same day.

• Home

References

Smith wrote about hips in a journal.
"""


def test_list_items_know_what_introduces_them_and_apparatus_is_left_out(
    tmp_path: Path, bag: object, settings: Settings
) -> None:
    index = indexed(tmp_path, settings, LIST)
    text = index.articles()[0].text
    sentences = index.all_sentences()

    shown = [(one.section, text[one.start : one.end], one.lead) for one in sentences]

    lead = sentences[0].id
    assert shown == [
        ("", "Several conditions of the spine can be felt in the hip:", None),
        ("", "Stenosis: A narrow canal crowds the nerves.", lead),
        ("", "The pain eases on sitting.", lead),
        ("", "Disc herniation", lead),
        ("", "Arthritis", lead),
        ("When to worry", "Fever with back pain needs care the same day.", None),
    ]


def test_passages_hold_whole_sentences_of_one_section_and_overlap_by_one(
    tmp_path: Path, bag: object, settings: Settings
) -> None:
    paragraph = " ".join(f"Sentence number {number} tells one thing about hips." for number in range(12))
    index = indexed(
        tmp_path,
        Settings(index=settings.index, ingest_runtime="light", passage_tokens=40),
        f"Hips\n\n{paragraph}\n\nBacks\n\nBacks carry loads every day.\n",
    )
    passages = list(index.passages(range(100)).values())

    assert {one.section for one in passages} == {"", "Backs"}
    for before, after in pairwise(passages):
        if after.section == before.section:
            assert before.sentences[-1] == after.sentences[0]
    assert sorted({number for one in passages for number in one.sentences}) == [one.id for one in index.all_sentences()]


def test_every_shipped_passage_fits_the_encoders_window(pipeline: Pipeline) -> None:
    index = pipeline.index
    articles = {article.id: article for article in index.articles()}
    passages = index.passages(range(index.manifest["counts"]["passages"])).values()
    texts = [
        f"{articles[one.article_id].title} > {one.section}\n{articles[one.article_id].text[one.start : one.end]}"
        for one in passages
    ]

    assert max(pipeline.encoder.lengths(texts)) <= pipeline.encoder.window


def test_a_heading_ends_what_introduces_a_list(tmp_path: Path, bag: object, settings: Settings) -> None:
    text = "# Hips\n\nHips carry load every day.\n\n## What helps\n\n- Walking helps sore hips.\n"
    (tmp_path / "a.md").write_text(text, "utf-8")
    ingest([tmp_path / "a.md"], settings)

    sentences = Index.open(Path(settings.index)).all_sentences()

    assert [one.lead for one in sentences] == [None, None]
