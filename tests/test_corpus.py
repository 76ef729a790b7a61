"""The shipped articles and the table of checked facts, corpus/facts.csv, agree with each other.

Whether a fact is medically true is for the second pass recorded in that table to say, not for this test.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from corpus import lint

CORPUS = Path(lint.__file__).parent
ARTICLES = {path.stem: lint.read(path) for path in sorted(CORPUS.glob("*.md")) if path.name != "README.md"}
HEADER = ["article", "statement", "reference", "certainty", "note"]
FEWEST_ARTICLES, FEWEST_FACTS = 24, 8


def rows() -> list[dict[str, str]]:
    with (CORPUS / "facts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def titles(article: str) -> set[str]:
    entries = ARTICLES[article].front["references"]
    assert isinstance(entries, list)
    return {entry["title"] for entry in entries}


def test_there_are_enough_articles() -> None:
    assert len(ARTICLES) >= FEWEST_ARTICLES


def test_the_linter_finds_nothing() -> None:
    assert lint.lint([draft.path for draft in ARTICLES.values()]) == ()


def test_the_table_has_its_header_and_whole_rows() -> None:
    with (CORPUS / "facts.csv").open(encoding="utf-8", newline="") as file:
        header, *body = csv.reader(file)
    assert header == HEADER
    assert {len(row) for row in body} == {len(HEADER)}


def test_every_fact_is_a_sentence_of_its_article_word_for_word() -> None:
    sentences = {article: {s for _, _, s in draft.sentences} for article, draft in ARTICLES.items()}
    assert [row for row in rows() if row["statement"] not in sentences[row["article"]]] == []


def test_no_fact_is_listed_twice() -> None:
    assert [s for s, times in Counter(row["statement"] for row in rows()).items() if times > 1] == []


def test_every_fact_names_a_reference_of_its_article() -> None:
    assert [row for row in rows() if row["reference"] not in titles(row["article"])] == []


def test_every_fact_says_how_sure_it_is() -> None:
    assert {row["certainty"] for row in rows()} <= {"read", "known", "unsure"}
    assert [row for row in rows() if row["certainty"] == "unsure" and not row["note"]] == []


@pytest.mark.parametrize("article", ARTICLES)
def test_each_article_has_its_facts_checked(article: str) -> None:
    assert sum(row["article"] == article for row in rows()) >= FEWEST_FACTS
