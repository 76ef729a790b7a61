"""The report: one file that loads nothing, shows every open question, and takes no word of an article for markup."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from eval_ground import CASES, GROIN, ORACLE, REST, RUN, START, WALK, WORLD, answer, citation, span

from eval.command import Evaluation
from eval.library import Library
from eval.marks import Mark, Places, marked
from eval.report import to_html, write_report
from eval.run import Asked, CaseSet, results
from rag.schema import Answer, Outcome, Statement

FILE = Path(__file__)


def page(answers: dict[str, Answer] | None = None, *, is_open: bool = True, library: Library = WORLD) -> str:
    sets = (CaseSet("dev", FILE, CASES, is_open),)
    asked = Asked(ORACLE | (answers or {}), (0.01, 0.02), 0.03)
    return to_html(Evaluation(sets, asked, library, results(sets, asked, library)))


def details(html: str, id_: str) -> str:
    found = re.search(rf'<details class="case" id="{id_}".*?</details>', html, re.DOTALL)
    assert found is not None
    return found[0]


def test_nothing_is_fetched_from_anywhere() -> None:
    html = page()

    assert not re.findall(r"(?:src|href)=\"(?!#)", html)
    assert not re.findall(r"url\(|@import|fetch\(|https?://", html)
    assert "default-src 'none'" in html


def test_every_question_is_there_with_its_answer_and_its_marks() -> None:
    html = page({"b": answer(GROIN, REST, RUN)})
    one = details(html, "b")

    assert html.count('<details class="case"') == len(CASES)
    assert f'<mark class="hit">{REST}</mark>' in one
    assert f'<mark class="stray">{GROIN}</mark>' in one
    assert f'<mark class="missed">{WALK}</mark>' in one
    assert 'data-tags="failing first incomplete loose' in one
    assert re.search(r'chip bad">missing</span> Walking', one)
    assert re.search(r'chip good">found</span> Bed rest', one)


@pytest.mark.parametrize(
    ("id_", "given", "tag"),
    [
        ("a", answer(), "unanswered"),
        ("d", answer(WALK), "overbold"),
        ("a", answer(START), "misleading"),
        ("a", answer(replace(citation(WALK), quote="Walking cures all.")), "inexact"),
        ("a", answer(outcome=Outcome.RED_FLAG), "stopped"),
        ("a", answer(WALK, retrieved=[WALK]), "unretrieved"),
    ],
)
def test_what_went_wrong_is_a_filter(id_: str, given: Answer, tag: str) -> None:
    html = page({id_: given})

    assert re.search(rf'id="{id_}" [^>]*data-tags="[^"]*\b{tag}\b', html)
    assert f'data-filter="{tag}"' in html


def test_questions_of_a_closed_part_are_counted_and_not_shown() -> None:
    html = page(is_open=False)

    assert "<details" not in html
    assert "Question a?" not in html
    assert "5 questions (dev)" in html


def test_words_are_never_markup() -> None:
    bad = "<script>alert(1)</script>\"'><b>"
    given = answer(WALK)
    given = replace(given, statements=(Statement(bad, (replace(citation(WALK), quote=bad, section=bad),)),), notice=bad)
    case = replace(CASES[0], question=bad, note=bad)
    sets = (CaseSet("dev", FILE, (case, *CASES[1:])),)
    asked = Asked(ORACLE | {"a": given})
    hip = replace(WORLD.articles["hip"], title=bad)
    world = Library({**WORLD.articles, "hip": hip}, WORLD.sentences, WORLD.passages)

    html = to_html(Evaluation(sets, asked, world, results(sets, asked, world)))

    assert "<script>alert" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert" in html


def test_the_file_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    sets, asked = (CaseSet("dev", FILE, CASES),), Asked(ORACLE)

    file = write_report(Evaluation(sets, asked, WORLD, results(sets, asked, WORLD)), tmp_path / "deep" / "report")

    assert file.read_text("utf-8").startswith("<!doctype html>")


def test_marks_overlap_without_losing_a_character() -> None:
    article = WORLD.articles["sciatica"]
    cited = [replace(span(REST), start=span(WALK).start + 8)]
    places = Places(cited=cited, accepted=[span(REST)], missed=[span(WALK)], spare=[])

    (paragraph,) = marked(article, places).paragraphs

    assert "".join(piece.text for piece in paragraph) == f"{WALK} {REST} {RUN}"
    assert [(piece.text, piece.mark) for piece in paragraph if piece.mark is not Mark.PLAIN] == [
        ("Walking ", Mark.MISSED),
        ("helps sciatica.", Mark.STRAY),
        (" ", Mark.STRAY),
        (REST, Mark.HIT),
    ]
