"""Quotes that are exact and still mislead: what was quoted, and what is said to be lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eval_ground import library, span

from eval.library import Library, by_article
from eval.metrics.misleading import Loss, misleading
from rag.schema import Sentence

WORLD = library(
    rest=[
        ["Bed rest does not help sciatica.", "It makes the muscles weak.", "Walking helps."],
        ["Running is fine.", "But stop if the leg goes numb.", "It is safe to start again later."],
        ["Surgery is an option if other care has failed.", "Most people never need it."],
        ["These tablets can harm the stomach.", "However, they ease pain."],
    ]
)
CLEAN: list[list[str]] = [
    ["Bed rest does not help sciatica."],
    ["Walking helps."],
    ["Bed rest does not help sciatica.", "It makes the muscles weak."],
    ["Bed rest does not help sciatica. It makes the muscles weak."],  # one quote of both
    ["Running is fine.", "But stop if the leg goes numb."],
    ["It is safe to start again later."],  # this "it" leans on nothing
    ["Surgery is an option if other care has failed."],
    ["Bed rest does not", "help sciatica."],  # all of the sentence, in two quotes
    ["Walking helps"],  # without its full stop
]
MISLEADING = [
    (["help sciatica."], {Loss.NEGATION, Loss.SUBJECT}, "Bed rest does not"),
    (["Surgery is an option"], {Loss.CONDITION}, "if other care has failed."),
    (["It makes the muscles weak."], {Loss.SUBJECT}, "Bed rest does not help sciatica."),
    (["makes the muscles weak."], {Loss.SUBJECT}, "It"),
    (["Running is fine."], {Loss.CONDITION}, "But stop if the leg goes numb."),
    (["But stop if the leg goes numb."], {Loss.SUBJECT}, "Running is fine."),
    (["However, they ease pain."], {Loss.SUBJECT}, "These tablets can harm the stomach."),
    (["These tablets can harm the stomach.", "However, they ease pain."], {Loss.SUBJECT}, "These tablets"),
    (["Most people ", "need it."], {Loss.NEGATION}, "never"),
]


@pytest.mark.parametrize("quotes", CLEAN, ids=[" + ".join(quotes) for quotes in CLEAN])
def test_a_quote_with_all_it_needs_does_not_mislead(quotes: list[str]) -> None:
    assert misleading([span(words, WORLD) for words in quotes], WORLD) == ()


@pytest.mark.parametrize(("quotes", "losses", "left_out"), MISLEADING, ids=[" + ".join(row[0]) for row in MISLEADING])
def test_what_a_quote_lost_is_named(quotes: list[str], losses: set[Loss], left_out: str) -> None:
    found = misleading([span(words, WORLD) for words in quotes], WORLD)

    assert {one.loss for one in found} == losses
    assert any(left_out in one.left_out for one in found)


def test_a_list_item_that_is_no_sentence_needs_the_line_before_its_list() -> None:
    text = "See a doctor if you have:\n- fever"
    lead, item = Sentence(0, "x", "", 0, 25, 0, None), Sentence(1, "x", "", 28, 33, 1, 0)
    articles = library(x=[["placeholder"]]).articles
    world = Library({"x": replace(articles["x"], text=text)}, by_article([lead, item]))

    (lost,) = misleading([span("fever", world)], world)

    assert (lost.loss, lost.left_out) == (Loss.CONDITION, "See a doctor if you have:")
    assert misleading([span("See a doctor if you have:", world), span("fever", world)], world) == ()
