"""The gate: the product passes; it names what fell; a product broken on purpose does not pass, whichever way.

The product is asked everything once, at the command line. The broken ones give its answers to the dev questions, each
with one thing broken that a change could break by accident.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from conftest import running_in
from eval_ground import CASES, ORACLE, WORLD

from eval.answers import read_answer
from eval.cases import load_cases, shipped
from eval.gate import Threshold, check, fallen, load_thresholds
from eval.guard_bank import load_bank
from eval.library import Library
from eval.metrics.guard import guard_figures, judged
from eval.results import Results
from eval.run import Asked, CaseSet, results
from rag.errors import GateFailed, InputRefused
from rag.pipeline import Pipeline
from rag.schema import Answer, Citation, Level, Outcome, Statement
from rag.settings import Settings

# Seconds in which a slow machine that has other tests to run answers all shipped questions.
ALL_ASKED = 900

NOT = re.compile(r"\b(?:not|no|never|without|rarely)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def library(pipeline: Pipeline) -> Library:
    return Library.of(pipeline.index)


@pytest.fixture(scope="module")
def dev(library: Library) -> CaseSet:
    return CaseSet("dev", shipped("dev"), load_cases(shipped("dev"), library.find))


@dataclass(frozen=True)
class Gated:
    """A run of the gate at the command line: how it ended, and what was answered to the dev questions."""

    ended: subprocess.CompletedProcess[str]
    answers: Mapping[str, Answer]


@pytest.fixture(scope="module")
def gated(shipped: Settings, tmp_path_factory: pytest.TempPathFactory) -> Gated:
    folder = tmp_path_factory.mktemp("gate")
    file = folder / "results.json"
    ended = running_in(folder / "run")(
        "eval", "--gate", "--index", shipped.index, "--out", str(file), timeout=ALL_ASKED
    )
    parts = json.loads(file.read_text("utf-8"))["parts"]
    assert list(parts) == ["dev", "test"]
    return Gated(ended, {id_: read_answer(answer) for id_, answer in parts["dev"]["answers"].items()})


Break = Callable[[Answer, Library], Answer]


def changed(answer: Answer, change: Callable[[Citation], Citation]) -> Answer:
    statements = [tuple(change(one) for one in statement.citations) for statement in answer.statements]
    return replace(answer, statements=tuple(Statement(" ".join(c.quote for c in held), held) for held in statements))


def without_sentences_that_say_not(answer: Answer, library: Library) -> Answer:
    kept = tuple(statement for statement in answer.statements if not NOT.search(statement.text))
    return replace(answer, statements=kept, outcome=Outcome.ANSWERED if kept else Outcome.ABSTAINED)


def without_the_words_up_to_not(answer: Answer, library: Library) -> Answer:
    def cut(one: Citation) -> Citation:
        found = NOT.search(one.quote)
        start = one.start + (found.end() + 1 if found and found.end() + 1 < len(one.quote) else 0)
        return replace(one, start=start, quote=one.quote[start - one.start :])

    return changed(answer, cut)


def shifted_by_one(answer: Answer, library: Library) -> Answer:
    return changed(answer, lambda one: replace(one, start=one.start + 1, end=one.end + 1))


def shifted_by_one_with_its_quote(answer: Answer, library: Library) -> Answer:
    """The slice equation holds; the words are wrong at both ends."""

    def shift(one: Citation) -> Citation:
        text = library.articles[one.article_id].text
        return replace(one, start=one.start + 1, end=one.end + 1, quote=text[one.start + 1 : one.end + 1])

    return changed(answer, shift)


def from_the_wrong_article(answer: Answer, library: Library) -> Answer:
    ids = sorted(library.articles)

    def move(one: Citation) -> Citation:
        other = library.articles[ids[(ids.index(one.article_id) + 1) % len(ids)]]
        quote = other.text[one.start : one.end]
        return replace(one, article_id=other.id, quote=quote, article_sha256=other.sha256)

    return changed(answer, move)


def answering_everything(answer: Answer, library: Library) -> Answer:
    if answer.outcome is not Outcome.ABSTAINED:
        return answer
    said = tuple(Statement(one.quote, (one,)) for one in answer.nearest[:1])
    return replace(answer, outcome=Outcome.ANSWERED, statements=said)


def declining_everything(answer: Answer, library: Library) -> Answer:
    return replace(answer, outcome=Outcome.ABSTAINED, statements=())


def without_confidence(answer: Answer, library: Library) -> Answer:
    return replace(answer, confidence=0.5)


def retrieving_backwards(answer: Answer, library: Library) -> Answer:
    return replace(answer, retrieved=answer.retrieved[::-1])


BROKEN: tuple[tuple[Break, str], ...] = (
    (without_sentences_that_say_not, "recall"),
    (without_the_words_up_to_not, "misleading"),
    (shifted_by_one, "exactness"),
    (shifted_by_one_with_its_quote, "misleading"),
    (from_the_wrong_article, "first_right"),
    (answering_everything, "declined"),
    (declining_everything, "answered"),
    (without_confidence, "auroc"),
    (retrieving_backwards, "reciprocal_rank"),
)


def run(dev: CaseSet, answers: Mapping[str, Answer], library: Library) -> Results:
    return results([dev], Asked(answers), library)


def of_cases(thresholds: Iterable[Threshold]) -> list[Threshold]:
    return [one for one in thresholds if one.table in ("cases", "dev")]


@pytest.mark.timeout(ALL_ASKED)
def test_the_product_as_it_is_passes(gated: Gated) -> None:
    assert gated.ended.returncode == 0, gated.ended.stderr


@pytest.mark.parametrize(("broken", "falls"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
def test_a_product_broken_on_purpose_does_not_pass(
    dev: CaseSet, gated: Gated, library: Library, broken: Break, falls: str
) -> None:
    answers = {id_: broken(answer, library) for id_, answer in gated.answers.items()}

    with pytest.raises(GateFailed, match=rf"dev: {falls} "):
        check(run(dev, answers, library), of_cases(load_thresholds()))


# The form of the file, on the small world.


@cache
def perfect() -> Results:
    return results([CaseSet("dev", Path(__file__), CASES)], Asked(ORACLE), WORLD)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[cases]\nf1 = { min = 1.0 }", []),
        ("[cases]\nmisleading = { max = 0.0 }\nexactness = { min = 1.0 }", []),
        ("[cases]\nf1 = { max = 0.9 }", ["dev: f1 1.000 > 0.900 (n=3)"]),
        ("[cases]\nstopped = { min = 0.1 }", ["dev: stopped 0.000 < 0.100 (n=5)"]),
        ("[cases]\nspeed = { min = 1.0 }", ["dev: speed was not measured"]),
        ("[guard]\nsilent = { min = 0.9 }", ["guard: silent was not measured"]),
    ],
)
def test_what_fell_is_named(tmp_path: Path, text: str, says: list[str]) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(text, "utf-8")

    assert fallen(perfect(), load_thresholds(file)) == says


def test_answers_from_elsewhere_are_not_judged_by_a_guard_that_did_not_read_them() -> None:
    kept = {one.table for one in load_thresholds(with_guard=False)}

    assert kept == {one.table for one in load_thresholds()} - {"guard"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "tables are"),
        ("[speed]\nf1 = { min = 1 }", "tables are"),
        ("[cases]\nf1 = 0.9", r"write \{ min"),
        ("[cases]\nf1 = { least = 0.9 }", r"write \{ min"),
        ('[cases]\nf1 = { min = "high" }', "no number"),
        ("cases", "no thresholds can be read"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(text, "utf-8")

    with pytest.raises(InputRefused, match=complaint):
        load_thresholds(file)


# The guard.

BANK = Path(__file__).parent.parent / "eval" / "data" / "guard" / "seen.jsonl"
GUARD_THRESHOLDS = (
    Threshold("guard", "emergencies", 0.9),
    Threshold("guard", "stops", 0.9),
    Threshold("guard", "silent", 0.9),
)


@pytest.mark.parametrize(("level", "falls"), [(Level.NONE, {"emergencies", "stops"}), (Level.EMERGENCY, {"silent"})])
def test_a_guard_that_is_silenced_or_cries_wolf_does_not_pass(level: Level, falls: set[str]) -> None:
    figures = guard_figures(judged(load_bank(BANK), lambda text, turns: level))
    lines = fallen(replace(perfect(), guard=figures), GUARD_THRESHOLDS)

    assert {line.split()[1] for line in lines} == falls


def test_a_guard_that_is_right_passes() -> None:
    messages = {(one.text, one.turns): one.level for one in load_bank(BANK)}
    figures = guard_figures(judged(load_bank(BANK), lambda text, turns: messages[text, tuple(turns)]))

    assert fallen(replace(perfect(), guard=figures), GUARD_THRESHOLDS) == []
