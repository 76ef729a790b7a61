"""Sentences keep their place: tables of what is one sentence, and the slice equation over every shipped article."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from ingest.build import ingest
from rag.errors import InputRefused
from rag.index import Index
from rag.pipeline import Pipeline
from rag.settings import Settings
from rag.text import decode, sentence_spans

SENTENCES = [
    ("two plain sentences", ["Sciatica is leg pain.", "It often eases."]),
    ("spinal levels", ["Discs at L4-L5 and L5-S1 herniate most.", "Others rarely do."]),
    ("abbreviations inside", ["Ask Dr. Smith, e.g. about heat vs. cold.", "Then rest."]),
    ("an abbreviation before a capital", ["See the G.P. about it.", "Go soon."]),
    ("a decimal", ["The disc bulged by 3.5 mm.", "Nothing else was seen."]),
    ("a figure number", ["The joint (see Fig. 3) is worn.", "It hurts."]),
    ("no. as an answer", ["He said no.", "Then he left."]),
    ("a vitamin is not an initial", ["Ask about vitamin D.", "Bones need it."]),
    ("an initial in a name", ["John F. Kennedy had back pain."]),
    ("a closing quote belongs to its sentence", ["Patients call it “hip pain.”", "Clinicians do not."]),
    ("a question inside quotes does not end it", ['He asked "why?" and left.', "Nobody knew."]),
    ("reference marks", ["Rest was advised.[1]", "Walking helps.[2,3]", "Sitting does not."]),
    ("three dots inside", ["It hurts... a lot.", "Rest helps."]),
    ("all lower case", ["the hip hurts.", "the back hurts too.", "see dr. smith about l4-l5."]),
    ("a question in lower case", ["what helps?", "walking does."]),
]


@pytest.mark.parametrize(("case", "sentences"), SENTENCES, ids=[case for case, _ in SENTENCES])
def test_finds_the_sentences(case: str, sentences: list[str]) -> None:
    text = " ".join(sentences)

    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@pytest.mark.parametrize("mark", ["• ", "- ", "1. ", "12) ", "  – "])
def test_a_list_mark_belongs_to_no_sentence(mark: str) -> None:
    text = f"{mark}Walking eases sciatica. Bed rest does not."

    assert [text[start:end] for start, end in sentence_spans(text)] == ["Walking eases sciatica.", "Bed rest does not."]


def test_a_sentence_may_run_over_a_line_break() -> None:
    text = "Pain from stenosis eases\nwhen a person sits. Walking makes it worse."

    start, end = sentence_spans(text)[0]
    assert text[start:end] == "Pain from stenosis eases\nwhen a person sits."


def test_sentences_are_whole_wherever_a_line_breaks() -> None:
    sentences = ["It takes weeks of self-management.", "Anti-inflammatory drugs don't help.", "Ask your doctor."]
    text = " ".join(sentences)

    for place in re.finditer("[ -]", text):
        broken = f"{text[: place.end()].rstrip()}\n{text[place.end() :]}"
        quotes = [broken[start:end] for start, end in sentence_spans(broken)]
        assert ["".join(one.split()) for one in quotes] == ["".join(one.split()) for one in sentences]
        assert all(one == one.strip() for one in quotes)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain", "plain"),
        (b"\xef\xbb\xbfmark off", "mark off"),
        ("UTF-16 é".encode("utf-16"), "UTF-16 é"),
        ("naïve".encode(), "naïve"),
        ("naïve “quotes”".encode("cp1252"), "naïve “quotes”"),
        (b"one\r\ntwo", "one\ntwo"),
    ],
)
def test_decodes_what_people_save(data: bytes, text: str) -> None:
    assert decode(data, "a.txt") == text


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03", b"\x89PNG\r\n\x1a\n\x00\x00", b"\x81\x8d\x8f"])
def test_refuses_what_is_not_text(data: bytes) -> None:
    with pytest.raises(InputRefused, match=r"a\.txt: not a text file"):
        decode(data, "a.txt")


def test_every_shipped_sentence_is_a_clean_slice_and_nothing_overlaps(pipeline: Pipeline) -> None:
    articles = {article.id: article.text for article in pipeline.index.articles()}
    sentences = pipeline.index.all_sentences()

    assert len(sentences) > 1000
    for before, after in pairwise(sentences):
        assert before.article_id != after.article_id or before.end <= after.start
    for sentence in sentences:
        quote = articles[sentence.article_id][sentence.start : sentence.end]
        assert quote == quote.strip() != ""
        assert "\n#" not in quote
        assert quote[-1] in ".!:)\"'", quote


def test_every_shipped_word_of_prose_stands_in_some_sentence(pipeline: Pipeline) -> None:
    """Nothing is lost between the articles' own lines and the sentences made of them."""
    for article in pipeline.index.articles():
        spans = [one for one in pipeline.index.all_sentences() if one.article_id == article.id]
        kept = {article.text[one.start : one.end] for one in spans}
        prose = [line for line in article.text.split("---")[2].splitlines() if line and not line.startswith("#")]
        for line in prose:
            rest = line.removeprefix("- ")
            for sentence in kept:
                rest = rest.replace(sentence, "")
            assert rest.strip() == "", (article.id, rest)


def test_the_index_of_a_text_file_points_into_the_file_itself(
    tmp_path: object, bag: object, settings: Settings
) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "a.txt"
    file.write_bytes("Title\r\n\r\nPain eases with rest. Walking is “fine”.\r\n".encode())
    ingest([file], settings)
    index = Index.open(Path(settings.index))
    content = file.read_bytes().decode().replace("\r\n", "\n")

    quotes = [content[one.start : one.end] for one in index.all_sentences()]

    assert quotes == ["Pain eases with rest.", "Walking is “fine”."]
