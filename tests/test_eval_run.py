"""Runs: the same bytes every time, answers from anywhere, and what the command line says and returns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Run
from eval_ground import CASES, GROIN, NERVE, ORACLE, WALK, WORLD, Recited, answer

from eval.answers import load_answers, read_answer
from eval.articles import coverage
from eval.command import case_sets, comparisons
from eval.provenance import revision, versions
from eval.results import Results, load_scores
from eval.run import Asked, CaseSet, ask, results
from eval.score import score_all
from eval.table import to_text
from rag.errors import InputRefused
from rag.schema import Level, Outcome, RedFlag, RuleSource

DEV = CaseSet("dev", Path(__file__), CASES)
SYSTEM = Recited({case.question: ORACLE[case.id] for case in CASES})


def run() -> Results:
    return results([DEV], ask([DEV], SYSTEM), WORLD)


def without_timings(file: Path) -> str:
    text = file.read_text("utf-8")
    head, timings, _ = text.partition('\n "timings": {')
    assert timings
    return head


def test_a_run_repeated_gives_the_same_bytes_but_for_timings(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    run().write(first)
    run().write(second)

    assert without_timings(first) == without_timings(second)


def test_results_say_what_was_run(tmp_path: Path) -> None:
    run().write(tmp_path / "r.json")
    data = json.loads((tmp_path / "r.json").read_text("utf-8"))

    assert data["format"] == 1
    assert (data["index_id"], data["settings_digest"], data["engine"]) == ("index", "settings", "by hand")
    assert data["revision"] == revision()
    assert data["versions"] == versions()
    assert {"citeback", "python", "numpy"} <= set(data["versions"])
    assert list(data["cases"]) == ["dev"]
    assert data["parts"]["dev"]["figures"]["f1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 3}
    assert data["timings"]["p95"] >= data["timings"]["p50"] > 0


def test_the_folder_need_not_be_a_repository(tmp_path: Path) -> None:
    assert revision(tmp_path) is None


def test_progress_counts_questions() -> None:
    seen: list[tuple[str, int, int]] = []
    ask([DEV], SYSTEM, lambda *step: seen.append(step))

    assert seen == [("asking", count, 5) for count in range(1, 6)]


def test_records_survive_the_file(tmp_path: Path) -> None:
    run().write(tmp_path / "r.json")
    old = load_scores(tmp_path / "r.json")

    assert [one.outcome for one in old["dev"]] == [ORACLE[case.id].outcome for case in CASES]
    (comparison,) = comparisons(run(), tmp_path / "r.json")
    assert comparison.changed == ()


def test_answers_of_a_closed_part_are_not_kept() -> None:
    closed = CaseSet("test", Path(__file__), CASES, is_open=False)
    (part,) = results([closed], ask([closed], SYSTEM), WORLD).parts

    assert part.answers == {}
    assert len(part.scores) == 5


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"format": 0}', '{"format": 1, "parts": {"dev": {}}}'])
def test_a_baseline_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "r.json").write_text(content, "utf-8")

    with pytest.raises(InputRefused, match=r"r\.json: "):
        load_scores(tmp_path / "r.json")


# Answers from a file.

FLAG = RedFlag("R", Level.URGENT, "t", ("m",), "message", "action", RuleSource("n", "s", "u", "2026-01-01"))


def as_lines(folder: Path, *lines: object) -> Path:
    file = folder / "answers.jsonl"
    file.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines), "utf-8")
    return file


@pytest.mark.parametrize("given", [*ORACLE.values(), answer(outcome=Outcome.RED_FLAG)], ids=lambda one: one.outcome)
def test_an_answer_survives_its_json(given: object) -> None:
    assert read_answer(json.loads(json.dumps(given.to_json()))) == given  # type: ignore[attr-defined]


def test_a_red_flag_survives_its_json() -> None:
    given = replace(answer(outcome=Outcome.RED_FLAG), red_flag=FLAG)

    assert read_answer(json.loads(json.dumps(given.to_json()))) == given


def test_scoring_a_file_is_scoring_the_answers(tmp_path: Path) -> None:
    rows = [{"id": id_, **one.to_json()} for id_, one in ORACLE.items()]
    file = as_lines(tmp_path, *rows, {"id": "another"}, "")

    answers = load_answers(file, ORACLE)

    assert score_all(CASES, answers, WORLD) == score_all(CASES, ORACLE, WORLD)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", ":2: not JSON"),
        ([], 'an object with an "id"'),
        ({"id": "b"}, r":2: not an answer of citeback ask --json \(KeyError: 'question'\)"),
        ({"id": "b", "error": "the question is empty"}, ":2: b was not answered: the question is empty"),
        ({"id": "a", **ORACLE["a"].to_json()}, ":2: a second answer to 'a'"),
        ({"id": "b", **ORACLE["a"].to_json(), "outcome": "sure"}, ":2: not an answer .*'sure' is not a valid Outcome"),
        ({"id": "z"}, r"no answer to b \(1 missing\); answer every case"),
    ],
)
def test_answers_that_cannot_be_scored_are_refused(tmp_path: Path, line: object, complaint: str) -> None:
    file = as_lines(tmp_path, {"id": "a", **ORACLE["a"].to_json()}, line)

    with pytest.raises(InputRefused, match=complaint):
        load_answers(file, ["a", "b"])


def test_coverage_names_what_was_never_quoted_and_what_fails() -> None:
    answers = ORACLE | {"a": answer(WALK), "d": answer(GROIN)}
    held = coverage(CASES, answers, score_all(CASES, answers, WORLD), WORLD)

    assert [one.id for one in held.uncited] == [0, 3]
    assert held.unlabelled == ()
    assert held.failing == ("a", "d")


@pytest.mark.parametrize(
    ("file", "part", "complaint"), [(Path("x.jsonl"), "dev", "not both"), (None, "train", "use dev, test or all")]
)
def test_a_choice_of_cases_that_makes_no_sense_is_refused(file: Path | None, part: str, complaint: str) -> None:
    with pytest.raises(InputRefused, match=complaint):
        case_sets(file, part, WORLD)


def test_without_answers_there_is_a_table_all_the_same() -> None:
    text = to_text(results([DEV], Asked({case.id: answer() for case in CASES}), WORLD))

    assert "citation precision" in text
    assert "nothing was timed" in text
    assert "–" in text


# The command line, over a corpus that is not ours.

CASE = {
    "id": "t1",
    "question": "Does bed rest help sciatica?",
    "kind": "yes_no",
    "answerable": True,
    "groups": [[{"article_id": "sciatica", "quote": "Bed rest does not help sciatica."}]],
    "also_ok": [],
    "note": "",
}
OFF = CASE | {"id": "t2", "question": "Who won the cup?", "kind": "off_topic", "answerable": False, "groups": []}


def test_any_corpus_can_be_measured_from_the_command_line(citeback: Run, tiny: Path, tmp_path: Path) -> None:
    index, cases, out = str(tmp_path / "index"), as_lines(tmp_path, CASE, OFF), tmp_path / "r.json"
    assert citeback("ingest", str(tiny), "--index", index).returncode == 0

    first = citeback("eval", str(cases), "--index", index, "--out", str(out), "--report", str(tmp_path / "report"))
    again = citeback("eval", str(cases), "--index", index, "--against", str(out), "--json")

    assert first.returncode == 0, first.stderr
    assert "first citation right" in first.stdout
    assert (tmp_path / "report" / "index.html").is_file()
    assert again.returncode == 0
    assert "0 of 2 questions changed" in again.stderr
    assert json.loads(again.stdout)["parts"]["answers"]["figures"]["exactness"]["value"] == 1.0


def test_a_stale_label_stops_the_run_with_its_line(citeback: Run, tiny: Path, tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    citeback("ingest", str(tiny), "--index", index)
    stale = CASE | {"groups": [[{"article_id": "sciatica", "quote": NERVE}]]}

    done = citeback("eval", str(as_lines(tmp_path, stale)), "--index", index)

    assert done.returncode == 2
    assert "answers.jsonl:1: sciatica does not hold" in done.stderr


def test_a_gate_that_does_not_hold_exits_nine_and_names_what_fell(citeback: Run, tiny: Path, tmp_path: Path) -> None:
    index, cases = str(tmp_path / "index"), tmp_path / "dev.jsonl"  # named like the part that has thresholds
    citeback("ingest", str(tiny), "--index", index)
    as_lines(tmp_path, CASE, OFF).rename(cases)

    done = citeback("eval", str(cases), "--gate", "--index", index, CITEBACK_THRESHOLD="1.0")

    assert done.returncode == 9
    assert "answered 0.000 <" in done.stderr
