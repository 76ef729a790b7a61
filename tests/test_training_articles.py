"""What the reader learns from: every question over our training articles quotes them exactly, and none is measured on."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from training.articles import FOLDER, Library, is_kept, libraries, own, read
from training.bm25 import words
from training.data import NO, YES, Item, Passage, held_out
from training.everyday import HELP, HELP_FILE, needing_help, questions
from training.neighbours import neighbours
from training.sets import SEARCHED, SHELF, searches, twins
from training.sets import own as shelved
from training.windows import LIKELY, partly


@pytest.fixture(scope="module")
def found() -> tuple[Library, ...]:
    return libraries(FOLDER)  # refuses a quote that does not stand exactly once


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return list(own())


@pytest.fixture(scope="module")
def searched() -> tuple[Library, ...]:
    return libraries(SEARCHED)


def test_every_article_is_asked_about(found: tuple[Library, ...], searched: tuple[Library, ...]) -> None:
    assert len(found) > 40
    assert len(searched) > 40
    assert all(len(one.asked) >= 10 for one in (*found, *searched))


def test_nothing_that_is_searched_for_is_learned(items: list[Item], searched: tuple[Library, ...]) -> None:
    taught = {item.question.casefold() for item in items} | {item.passage.title for item in items}
    assert taught.isdisjoint(asked.question.casefold() for one in searched for asked in one.asked)
    assert taught.isdisjoint(one.article.title for one in searched)


def test_what_answers_can_be_quoted(found: tuple[Library, ...], searched: tuple[Library, ...]) -> None:
    for one in (*found, *searched):
        sentences = [(sentence.start, sentence.end) for sentence in one.cut.sentences]
        for asked in one.asked:
            for fact in asked.facts:
                assert any(start <= at < end for start, end in sentences for at, _ in fact), (one.article.id, fact)


def test_a_forged_quote_is_refused(found: tuple[Library, ...]) -> None:
    with pytest.raises(ValueError, match="exactly once"):
        read({"question": "?", "kind": "lay", "facts": [["No article says this."]], "also": []}, found[0].article)


def test_passages_near_an_answer_hold_none(items: list[Item]) -> None:
    for item in items:
        assert (YES in item.labels) or set(item.labels) == {NO}
        assert item.passage not in item.near


def test_passages_beside_an_answer_answer_too(items: list[Item]) -> None:
    assert any(item.beside for item in items)
    for item in items:
        assert all(YES in labels for _, labels in item.beside)
        assert not {id(passage) for passage, _ in item.beside} & {id(item.passage), *map(id, item.near)}


def test_a_question_over_several_articles_has_all_their_answers(items: list[Item]) -> None:
    several = [one for one in items if any(passage.document != one.passage.document for passage, _ in one.beside)]
    assert len(several) > 100
    for item in several:
        assert all(held_out(replace(item, passage=passage)) == held_out(item) for passage, _ in item.beside)


def test_whole_articles_are_kept_for_measuring(items: list[Item]) -> None:
    kept = {item.passage.document for item in items if held_out(item)}
    taught = {item.passage.document for item in items if not held_out(item)}
    assert not kept & taught
    assert 0.05 < len(kept) / len(kept | taught) < 0.25


def test_everyday_questions_are_asked_once_and_of_no_article(found: tuple[Library, ...]) -> None:
    lines = questions()
    assert len(set(lines)) == len(lines) > 400
    assert not set(lines) & {asked.question for one in found for asked in one.asked}


def test_help_with_something_else_stands_beside_passages_that_do_not_name_it() -> None:
    of = {item.question: item for item in needing_help()}
    assert len(of) > 0.95 * len(HELP_FILE.read_text("utf-8").splitlines())
    assert all(item.asks == HELP and not item.answerable for item in of.values())
    assert any("doctor" in held for held in _words(of["when should i see a doctor about earache"]))
    assert not any(
        "appendicitis" in held for held in _words(of["what are the warning signs of appendicitis in a teenager"])
    )


def _words(item: Item) -> list[list[str]]:
    return [words(" ".join(one.sentences)) for one in (item.passage, *item.near)]


def _condition(title: str, *sentences: str) -> Item:
    passage = Passage(title, title, "information", sentences)
    return Item("medquad", f"What is {title}?", passage, (YES,) * len(sentences), asks="information")


def test_a_condition_stands_beside_others_that_share_words_with_its_name() -> None:
    bone, blood, juvenile, skin = conditions = [
        _condition("Bone Cancer", "Bone cancer begins in the cells of a bone."),
        _condition("Leukemia", "Leukemia is a cancer of the blood.", "Other blood cells are crowded out."),
        _condition("Juvenile Bone Disease", "It is mistaken for bone cancer."),
        _condition("Skin Cancer", "Skin cancer is the most common cancer."),
    ]
    near = {item.passage.title: set(item.near) for item in neighbours(conditions)}
    assert near["Bone Cancer"] == {blood.passage, skin.passage}  # the juvenile one names it: it may answer
    assert near["Skin Cancer"] == {bone.passage, blood.passage, juvenile.passage}
    assert all(item.passage not in item.near for item in neighbours(conditions))
    assert "Leukemia" not in near  # nothing shares its name


def test_a_passage_read_in_part_keeps_what_answers_and_its_order(items: list[Item]) -> None:
    for item in items[::40]:
        whole, part = _labelled(item), _labelled(partly(item, random.Random(item.question)))
        rest = iter(whole)
        assert all(pair in rest for pair in part)  # each found behind the one before
        assert [pair for pair in part if pair[1] == YES] == [pair for pair in whole if pair[1] == YES]


def _labelled(item: Item) -> list[tuple[str, int]]:
    return list(zip(item.passage.sentences, item.labels, strict=True))


def test_a_silent_passage_read_in_part_shows_few_sentences(items: list[Item]) -> None:
    most = 2 * max(LIKELY)
    silent = [item for item in items[::40] if not item.answerable and len(item.labels) > most]
    assert silent
    assert all(len(partly(item, random.Random(1)).labels) <= most for item in silent)


def test_the_words_of_an_answer_stay_in_its_sentence() -> None:
    passage = Passage("d", "t", "s", ("Rest eases it.", "Walk.", "The nerve runs under it.", "Ice helps for two days."))
    part = partly(Item("own", "does ice help", passage, (NO, NO, NO, YES), (3, 0, 3)), random.Random(5))
    assert part.span is not None
    assert part.passage.sentences[part.span[0]] == "Ice helps for two days."
    assert "The nerve runs under it." in part.passage.sentences


def test_small_libraries_hold_every_kept_article_once(found: tuple[Library, ...]) -> None:
    shelves = [set(one.articles) for one in (*shelved(), *twins())]
    assert all(SHELF <= len(one) < 2 * SHELF for one in shelves)
    assert sorted(name for one in shelves for name in one) == sorted(one.article.id for one in found if is_kept(one))


def test_searches_are_asked_over_every_article_once(searched: tuple[Library, ...]) -> None:
    assert sorted(name for one in searches() for name in one.articles) == sorted(one.article.id for one in searched)


def test_lines_hold_nothing_else() -> None:
    for path in (*FOLDER.glob("*.jsonl"), *SEARCHED.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            assert set(json.loads(line)) == {"question", "kind", "facts", "also"}
