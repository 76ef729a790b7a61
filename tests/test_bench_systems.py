"""The baselines answer from the articles, quote exactly, and are scored by the same code as ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import BagEncoder
from eval_ground import CASES, GROIN, NERVE, ORACLE, REST, WALK, WORLD, answer

from bench.__main__ import best_threshold, table, with_thresholds, write_answers
from bench.best_sentence import Bm25Sentence, MiniLmSentence
from bench.quoting import System, declining_below
from bench.thresholds import gate_text
from bench.tutorial import Tutorial
from eval.answers import load_answers
from eval.gate import fallen, load_thresholds
from eval.metrics.citations import is_exact
from eval.run import Asked, CaseSet, results
from eval.score import cited
from rag.schema import Outcome

DEV = CaseSet("dev", Path(__file__), CASES)
SYSTEMS: dict[str, System] = {
    "bm25": Bm25Sentence(WORLD),
    "minilm": MiniLmSentence(WORLD, BagEncoder()),
    "langchain": Tutorial(WORLD, BagEncoder()),
}


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
@pytest.mark.parametrize(
    "question", ["Does bed rest help sciatica?", "Does exercise ease the hip?", 'say "AND" (or) *']
)
def test_every_quote_stands_where_it_says(system: System, question: str) -> None:
    given = system.answer(question)

    assert all(is_exact(one, WORLD.find) for one in cited(given))
    assert 0 <= given.confidence <= 1


@pytest.mark.parametrize("name", ["bm25", "minilm"])
def test_the_best_sentence_shares_the_question_s_words(name: str) -> None:
    (one,) = cited(SYSTEMS[name].answer("Does bed rest help sciatica?"))

    assert one.quote == REST


def test_bm25_declines_only_where_no_word_matches() -> None:
    assert SYSTEMS["bm25"].answer("xyzzy").outcome is Outcome.ABSTAINED


def test_the_tutorial_hands_over_whole_chunks() -> None:
    quotes = [one.quote for one in cited(SYSTEMS["langchain"].answer("Does bed rest help sciatica?"))]

    assert any(NERVE in quote and REST in quote for quote in quotes)


def test_an_answer_below_the_threshold_is_withheld() -> None:
    assert declining_below(answer(WALK, confidence=0.5), 0.5) == answer(WALK, confidence=0.5)
    assert declining_below(answer(WALK, confidence=0.4), 0.5) == answer(confidence=0.4)


def test_the_threshold_is_the_one_of_best_utility() -> None:
    given = ORACLE | {"d": answer(WALK, confidence=0.4), "e": answer(WALK, confidence=0.6)}

    assert best_threshold(CASES, given, WORLD) == 0.62


def test_each_baseline_stands_there_twice_and_ours_once(tmp_path: Path) -> None:
    given = {"citeback": ORACLE, "bm25": ORACLE | {"d": answer(GROIN, confidence=0.3)}}

    rows = with_thresholds(given, DEV, WORLD)
    lines = table(DEV, rows, WORLD).split("\n")
    write_answers(tmp_path, given)

    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| Citeback",
        "| BM25, best sentence",
        "| BM25, best sentence, declining below 0.32",
    ]
    assert "1.00 (0.44–1.00)" in lines[2]
    assert load_answers(tmp_path / "bm25.jsonl", ORACLE) == given["bm25"]


def test_a_gate_made_from_a_run_holds_for_it_and_not_for_a_worse_one(tmp_path: Path) -> None:
    good = results([DEV], Asked(ORACLE), WORLD)
    worse = results([DEV], Asked(ORACLE | {"a": answer(GROIN)}), WORLD)
    (tmp_path / "gate.toml").write_text(gate_text(good.to_json()), "utf-8")

    thresholds = load_thresholds(tmp_path / "gate.toml")

    assert fallen(good, thresholds) == []
    assert any(line.startswith("dev: first_right 0.667 < 0.980") for line in fallen(worse, thresholds))
