"""Which names of conditions are held to be unknown to the articles."""

from __future__ import annotations

import pytest

from eval.cases import load_cases, shipped
from rag.conditions import is_name, unmentioned
from rag.lexical import stem
from rag.pipeline import Pipeline
from rag.retrieve import retrieve

SAID = {stem(word) for word in "disc disease piriformis syndrome perthes cyst joint facet degenerative anaemia".split()}
COMMON = frozenset("what is bone heart rare a disc joint disease syndrome barre and hip tunnel".split())
NAMED = [
    ("what is Paget's disease", "paget disease"),
    ("symptoms of Guillain-Barré syndrome?", "guillain barre syndrome"),  # one of its words is a common one
    ("is Baastrup disease or Tarlov cysts worse", "tarlov cysts"),  # what names one by itself is heard first
    ("what is Perthes disease", ""),  # the articles say it
    ("what is facet Bertolotti syndrome", "bertolotti syndrome"),  # the name ends where a word of theirs stands
    ("is my dodgy disc disease worse", ""),  # what stands before the kind is theirs
    ("what is bone disease", ""),  # a common word may stand for one of theirs
    ("what is XYZ syndrome", ""),  # too short to be a name
    ("disease", ""),
    ("can gout sit in the hip", "gout"),
    ("exercises for carpal tunnel syndrome", "carpal tunnel syndrome"),
    ("how do i treat plantar fasciitis", "plantar fasciitis"),  # one listed, one by its ending
    ("is ANEMIA to blame", ""),  # the articles say it in other letters
    ("how sure is the diagnosis after a trauma", ""),  # such endings have plain words too
    ("my aunt has Paget's disease and gout and my own hip aches at night when i lie on it", ""),  # a story
]


def says(word: str) -> bool:
    return stem(word) in SAID


@pytest.mark.parametrize(("question", "name"), NAMED)
def test_the_name_of_a_condition_that_the_articles_never_say(question: str, name: str) -> None:
    assert unmentioned(question, says, COMMON.__contains__) == name


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("splints", True), ("anemia", False), ("gowt", False), ("fasciitis", False)],
)
def test_a_listed_name_is_no_misspelling_of_a_word_the_articles_say(word: str, is_one: bool) -> None:
    assert is_name(word, says) is is_one


def test_no_question_that_the_shipped_articles_answer_names_one(pipeline: Pipeline) -> None:
    index, encoder = pipeline.index, pipeline.encoder
    asked = [case.question for case in load_cases(shipped("dev"), index.article) if case.facts]

    as_typed = [one for one in asked if unmentioned(one, index.says, encoder.is_word)]
    assert [one for one in as_typed if retrieve(one, index, encoder, k=1).unmentioned] == []  # misspellings mended
