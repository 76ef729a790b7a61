"""Which names of conditions are held to be unknown to the articles."""

from __future__ import annotations

import pytest

from eval.cases import load_cases, shipped
from rag.conditions import unmentioned
from rag.lexical import stem, terms
from rag.pipeline import Pipeline

HELD = {stem(word) for word in "disc disease piriformis syndrome perthes cyst joint facet degenerative".split()}
COMMON = frozenset("what is bone heart rare a disc joint disease syndrome barre and hip".split())
NAMED = [
    ("what is Paget's disease", "paget disease"),
    ("symptoms of Guillain-Barré syndrome?", "guillain barre syndrome"),  # one of its words is a common one
    ("is Baastrup disease or Tarlov cysts worse", "baastrup disease"),  # the first
    ("what is Perthes disease", ""),  # the articles hold it
    ("what is facet Bertolotti syndrome", "bertolotti syndrome"),  # the name ends where a word of theirs stands
    ("is my dodgy disc disease worse", ""),  # what stands before the kind is theirs
    ("what is bone disease", ""),  # a common word may stand for one of theirs
    ("what is XYZ syndrome", ""),  # too short to be a name
    ("disease", ""),
    ("what is lumbago", ""),  # no kind
    ("my aunt has Paget's disease and my own hip aches at night when i lie on it for some hours", ""),  # a story
]


@pytest.mark.parametrize(("question", "name"), NAMED)
def test_a_rare_name_right_before_a_kind_of_condition(question: str, name: str) -> None:
    assert unmentioned(question, HELD, COMMON.__contains__) == name


def test_no_question_that_the_shipped_articles_answer_names_one(pipeline: Pipeline) -> None:
    index, is_word = pipeline.index, pipeline.encoder.is_word
    asked = [case.question for case in load_cases(shipped("dev"), index.article) if case.facts]

    assert [one for one in asked if unmentioned(one, index.frequencies(terms(one)), is_word)] == []
