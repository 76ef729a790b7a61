"""What the reader learns from: every question over our training articles quotes them exactly, and none is measured on."""

from __future__ import annotations

import json

import pytest

from training.articles import FOLDER, Library, libraries, own, read
from training.data import NO, YES, held_out


@pytest.fixture(scope="module")
def found() -> list[Library]:
    return libraries()  # refuses a quote that does not stand exactly once


def test_every_article_is_asked_about(found: list[Library]) -> None:
    assert len(found) > 40
    assert all(len(one.asked) >= 10 for one in found)


def test_what_answers_can_be_quoted(found: list[Library]) -> None:
    for one in found:
        sentences = [(sentence.start, sentence.end) for sentence in one.cut.sentences]
        for asked in one.asked:
            for fact in asked.facts:
                assert any(start <= at < end for start, end in sentences for at, _ in fact), (one.article.id, fact)


def test_a_forged_quote_is_refused(found: list[Library]) -> None:
    with pytest.raises(ValueError, match="exactly once"):
        read({"question": "?", "kind": "lay", "facts": [["No article says this."]], "also": []}, found[0].article)


def test_passages_beside_an_answer_hold_none() -> None:
    for item in own():
        assert (YES in item.labels) or set(item.labels) == {NO}
        assert item.passage not in item.near


def test_whole_articles_are_kept_for_measuring() -> None:
    kept = {item.passage.document for item in own() if held_out(item)}
    taught = {item.passage.document for item in own() if not held_out(item)}
    assert not kept & taught
    assert 0.05 < len(kept) / len(kept | taught) < 0.25


def test_lines_hold_nothing_else() -> None:
    for path in FOLDER.glob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            assert set(json.loads(line)) == {"question", "kind", "facts", "also"}
