"""Sentences safe to quote, chosen without repeats and told in an order that reads well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.candidates import Candidate, Features
from rag.extract import chosen, extract
from rag.index import Index
from rag.leaning import leans, with_support
from rag.pipeline import Pipeline
from rag.reader import Reading, Window
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.sides import sides
from rag.turns import likeliest_first

LEANING = [
    "It may also go below the knee.",
    "This can cause numbness.",
    "These nerves run down the leg.",
    "The pain eases on sitting.",
    "The condition is common.",
    "However, rest does not help.",
    "For example, walking helps.",
    "Its cause is unknown.",
    "Both hurt at night.",
    "Unlike sciatica, this pain rarely goes below the knee.",
    "When this nerve is irritated, the leg hurts.",
    "If it does not ease, see a doctor.",
]
STANDING = [
    "Sciatica may also go below the knee.",
    "The pain of stenosis eases on sitting.",
    "The pain from piriformis syndrome is a deep ache.",
    "Stenosis: This involves a narrow canal.",
    "Italian doctors found the same.",
    "The sciatic nerve runs down the leg.",
    "Sofas are soft.",
    "Look out for any of these:",
]


@pytest.mark.parametrize("sentence", LEANING)
def test_leans_on_the_sentence_before(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize("sentence", STANDING)
def test_stands_on_its_own(sentence: str) -> None:
    assert not leans(sentence)


ARTICLE = """Back and leg pain

Sciatica is leg pain from a nerve. It often starts in the buttock. This pain can reach the foot.

This pain has many names.

Another cause is a tumour. It is rare.

Another is an infection.

Stenosis

This condition narrows the canal of the spine. Walking makes it worse.

Causes can be sorted like this:

• worn discs
• Tumours press on nerves in rare cases.

What it feels like

Sciatica hurts. It often comes with:

• numbness

This pain can be called:

• shooting
"""


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        ("Sciatica is leg pain from a nerve.", ["Sciatica is leg pain from a nerve."]),
        ("It often starts in the buttock.", ["Sciatica is leg pain from a nerve.", "It often starts in the buttock."]),
        (
            "This pain can reach the foot.",
            ["Sciatica is leg pain from a nerve.", "It often starts in the buttock.", "This pain can reach the foot."],
        ),
        ("This pain has many names.", None),
        ("Another cause is a tumour.", ["Another cause is a tumour."]),
        ("It is rare.", ["Another cause is a tumour.", "It is rare."]),
        ("Another is an infection.", None),
        ("This condition narrows the canal of the spine.", ["This condition narrows the canal of the spine."]),
        ("worn discs", ["Causes can be sorted like this:", "worn discs"]),
        ("Tumours press on nerves in rare cases.", ["Tumours press on nerves in rare cases."]),
        ("numbness", ["Sciatica hurts.", "It often comes with:", "numbness"]),
        ("shooting", None),
    ],
)
def test_brings_along_what_it_leans_on_or_stays_out(
    tmp_path: Path, bag: object, settings: Settings, sentence: str, quoted: list[str] | None
) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    ingest([tmp_path / "a.txt"], settings)
    index = Index.open(Path(settings.index))
    near = {one.id: one for one in index.all_sentences()}
    (asked,) = (one for one in near.values() if index.text(one) == sentence)

    support = with_support(asked, near, index.text)

    assert (None if support is None else [index.text(near[number]) for number in support]) == quoted


@pytest.mark.parametrize(
    ("in_likelihood", "told"),
    [
        (
            ["Sciatica is leg pain from a nerve.", "Walking helps it.", "Stenosis narrows a canal."],
            ["Sciatica is leg pain from a nerve.", "Stenosis narrows a canal.", "Walking helps it."],
        ),
        (
            ["Sciatica is leg pain from a nerve.", "It often starts in the buttock.", "Stenosis narrows a canal."],
            ["Sciatica is leg pain from a nerve.", "It often starts in the buttock.", "Stenosis narrows a canal."],
        ),
    ],
    ids=["in the order of the article", "what leans on the first right behind it"],
)
def test_statements_are_told_in_an_order_that_reads_well(
    tmp_path: Path, bag: object, settings: Settings, in_likelihood: list[str], told: list[str]
) -> None:
    text = "Stenosis narrows a canal.\n\nSciatica is leg pain from a nerve. It often starts in the buttock.\n\n"
    (tmp_path / "a.md").write_text(f"# Back\n\n{text}Walking helps it.\n", "utf-8")
    ingest([tmp_path / "a.md"], settings)
    index = Index.open(Path(settings.index))
    near = {one.id: one for one in index.all_sentences()}
    by_text = {index.text(one): one for one in near.values()}
    found = [
        Candidate(by_text[text], Features(1 - place / 100, 1.0, 1.0, 1.0, None, None))
        for place, text in enumerate(in_likelihood)
    ]

    statements, _ = chosen(likeliest_first(found, index), near, index, limit=5)

    assert [index.text(near[number]) for statement in statements for number in statement] == told


QUESTIONS = [
    "What eases sciatica?",
    "Is it arthritis?",
    "hip pain at night",
    "how is stenosis diagnosed",
    "who gets hip fractures",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_statement_of_an_answer_leans_on_something_unsaid(pipeline: Pipeline, question: str) -> None:
    said: list[str] = []
    for statement in pipeline.answer(question).statements:
        assert not leans(statement.text) or said
        said.append(statement.text)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_limit_is_kept_with_all_that_is_brought_along(pipeline: Pipeline, limit: int) -> None:
    short = Pipeline(pipeline.index, pipeline.encoder, Settings(max_statements=limit))

    for question in QUESTIONS:
        assert len(short.answer(question).statements) <= limit


@pytest.mark.parametrize(
    "question",
    [
        "Disc problem or stenosis: which one feels better when you sit down?",
        "Paracetamol or ibuprofen for a bad back?",
        "How can I tell hip arthritis from a back problem?",
        "is it my hip or my back",
    ],
)
def test_a_comparison_is_told_side_by_side(pipeline: Pipeline, question: str) -> None:
    compared = sides(question)
    assert compared is not None

    told = [compared.of(one.citations[0].quote) for one in pipeline.answer(question).statements[1:]]

    turns = [side for side in told if side is not None]
    assert turns == sorted(turns, key=turns.index)
    assert len({compared.of(one.text) for one in pipeline.answer(question).statements}) > 1


@dataclass
class Believes:
    """A reader that takes for an answer what holds the words it is given for a question, and nothing else."""

    words: Mapping[str, str]
    name: str = "believes"

    def read(self, question: str, windows: Sequence[Window]) -> tuple[Reading, ...]:
        said = [
            tuple(9.0 if self.words.get(question, "…") in sentence else -9.0 for sentence in window.sentences)
            for window in windows
        ]
        return tuple(Reading(max(logits), logits) for logits in said)


def test_what_answers_a_part_comes_before_what_answers_the_whole_and_both_are_told(pipeline: Pipeline) -> None:
    whole, first, other = "What is sciatica, and does it cost money?", "What is sciatica", "does sciatica cost money"
    reader = Believes({whole: "get better within weeks", first: "Sciatica is leg pain"})
    found = [retrieve(one, pipeline.index, pipeline.encoder, pipeline.settings.k) for one in (whole, first, other)]

    draft = extract(found[0], pipeline.index, reader, pipeline.settings, found[1:])

    told = [pipeline.index.text(pipeline.index.sentences([number])[0]) for one in draft.statements for number in one]
    assert [("Sciatica is leg pain" in one, "get better within weeks" in one) for one in told[:2]] == [
        (True, False),
        (False, True),
    ]
    assert draft.unanswered == (1,)
