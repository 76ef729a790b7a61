"""One changed character is enough: every way an answer can be untrue is caught, without any model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.errors import InputRefused
from rag.schema import Article, Citation, Statement
from rag.text import sha256
from rag.verify import Proof, check, check_answer, proven

TEXT = "Rest rarely helps sciatica. Walking does not harm the nerve."
ARTICLE = Article("sciatica", "Sciatica", TEXT, sha256(TEXT), "sciatica.md", {})
QUOTE = "Walking does not harm the nerve."
START = TEXT.index(QUOTE)
CITATION = Citation("sciatica", "Sciatica", "", START, len(TEXT), QUOTE, ARTICLE.sha256)


def find(article_id: str) -> Article | None:
    return ARTICLE if article_id == "sciatica" else None


@pytest.mark.parametrize(
    ("case", "citation", "proof"),
    [
        ("true", CITATION, Proof.HOLDS),
        ("no such article", replace(CITATION, article_id="hip"), Proof.MISSING),
        ("another version of the article", replace(CITATION, article_sha256="0" * 64), Proof.STALE),
        ("shifted by one", replace(CITATION, start=START - 1, end=len(TEXT) - 1), Proof.FALSE),
        ("cut short", replace(CITATION, end=len(TEXT) - 1), Proof.FALSE),
        ("a lost not", replace(CITATION, quote="Walking does harm the nerve."), Proof.FALSE),
        ("a straightened quote", replace(CITATION, quote=QUOTE.replace(".", "!")), Proof.FALSE),
        ("another title", replace(CITATION, title="Mayo Clinic"), Proof.FALSE),
        ("empty", replace(CITATION, quote="", end=START), Proof.FALSE),
        ("from behind", replace(CITATION, start=START - len(TEXT), end=-1 + len(TEXT)), Proof.FALSE),
    ],
)
def test_a_citation(case: str, citation: Citation, proof: Proof) -> None:
    assert check(citation, find) is proof, case


def test_every_single_character_counts() -> None:
    for place in range(len(QUOTE)):
        altered = QUOTE[:place] + "x" + QUOTE[place + 1 :]
        assert check(replace(CITATION, quote=altered), find) is Proof.FALSE


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        (Statement(QUOTE, (CITATION,)), True),
        (Statement(QUOTE, ()), False),
        (Statement("Walking harms the nerve.", (CITATION,)), False),
        (Statement(QUOTE, (replace(CITATION, start=START - 1),)), False),
    ],
)
def test_only_a_proven_statement_is_shown(statement: Statement, shown: bool) -> None:
    assert proven([statement], find) == ((statement,) if shown else ())


def saved(**changes: object) -> dict[str, object]:
    citation = {name: getattr(CITATION, name) for name in Citation.__slots__} | changes
    return {"statements": [{"text": QUOTE, "citations": [citation]}]}


def test_a_saved_answer_is_checked_citation_by_citation() -> None:
    (finding,) = check_answer(saved(), find)

    assert (finding.statement, finding.proof) == (1, Proof.HOLDS)


def test_a_stale_citation_says_whether_its_words_still_stand() -> None:
    (finding,) = check_answer(saved(article_sha256="0" * 64), find)

    assert (finding.proof, finding.still_there) == (Proof.STALE, True)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"statements": "text"},
        {"statements": [{"text": "x"}]},
        {"statements": [{"text": "Something else.", "citations": saved()["statements"][0]["citations"]}]},  # type: ignore[index]
        {"statements": [{"text": QUOTE, "citations": []}]},
        {"outcome": "answered", "statements": []},
        saved(start="0"),
    ],
)
def test_what_is_no_answer_or_was_altered_is_refused(answer: dict[str, object]) -> None:
    with pytest.raises(InputRefused):
        check_answer(answer, find)
