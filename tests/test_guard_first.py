"""The guard is first on every path, an error in it stops, and the person has the last word."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from conftest import BagEncoder, Run

from ingest.build import ingest
from rag.encoder import Vectors
from rag.guard import Guard, Reading
from rag.pipeline import QUESTION_LIMIT, Pipeline
from rag.schema import Outcome
from rag.settings import Settings

SIGN = "I can't feel the toilet paper when I wipe"


@dataclass(frozen=True)
class Recorder:
    """Stands before guard and encoder, and writes down who was called."""

    inner: Any
    name: str
    calls: list[str] = field(default_factory=list)

    def read(self, *arguments: object) -> Reading:
        self.calls.append(self.name)
        return self.inner.read(*arguments)  # type: ignore[no-any-return]

    def encode(self, texts: list[str]) -> Vectors:
        self.calls.append(self.name)
        return self.inner.encode(texts)  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


@pytest.fixture
def tiny_pipeline(bag: BagEncoder, tiny: object, settings: Settings) -> Pipeline:
    ingest([tiny], settings)  # type: ignore[list-item]
    return Pipeline.open(settings)


def recorded(pipeline: Pipeline) -> tuple[Pipeline, list[str]]:
    calls: list[str] = []
    watched = replace(
        pipeline,
        guard=Recorder(pipeline.guard, "guard", calls),  # type: ignore[arg-type]
        encoder=Recorder(pipeline.encoder, "encoder", calls),  # type: ignore[arg-type]
    )
    return watched, calls


def test_the_guard_reads_before_anything_is_encoded(tiny_pipeline: Pipeline) -> None:
    pipeline, calls = recorded(tiny_pipeline)
    pipeline.answer("What helps sciatica?")

    assert calls[0] == "guard"
    assert "encoder" in calls


def test_after_a_red_flag_nothing_else_runs(tiny_pipeline: Pipeline) -> None:
    pipeline, calls = recorded(tiny_pipeline)
    answer = pipeline.answer(SIGN)

    assert calls == ["guard"]
    assert answer.outcome is Outcome.RED_FLAG
    assert (answer.statements, answer.nearest, answer.retrieved) == ((), (), ())


def test_an_error_in_the_guard_stops_the_answer(tiny_pipeline: Pipeline) -> None:
    class Broken:
        def read(self, *_: object) -> Reading:
            raise RuntimeError("broken")

    pipeline, calls = recorded(replace(tiny_pipeline, guard=Broken()))  # type: ignore[arg-type]

    with pytest.raises(RuntimeError, match="broken"):
        pipeline.answer("What helps sciatica?")
    assert "encoder" not in calls


def test_a_sign_at_the_end_of_a_too_long_question_is_still_read(tiny_pipeline: Pipeline) -> None:
    assert tiny_pipeline.answer("back pain " * QUESTION_LIMIT + SIGN).outcome is Outcome.RED_FLAG


def test_a_sign_split_over_turns_is_read_together() -> None:
    guard = Guard.load("UK")

    assert guard.read("between my legs mostly").red_flag is None
    assert guard.read("my lower back is agony, bit of numbness too").red_flag is None
    assert guard.read("between my legs mostly", ["my lower back is agony, bit of numbness too"]).red_flag is not None


def test_an_emergency_stays_until_it_is_dismissed_by_rule() -> None:
    guard = Guard.load("UK")
    still = guard.read("so which stretch?", [SIGN])

    assert still.red_flag is not None
    assert guard.read("so which stretch?", [SIGN], frozenset(still.rules)).red_flag is None


def test_the_command_reads_a_batch(citeback: Run) -> None:
    lines = [{"id": 7, "text": SIGN}, {"id": "b", "text": "Which chair for a stiff back?"}, {"id": 9}]
    done = citeback("guard", "--batch", "-", stdin="\n".join(json.dumps(line) for line in lines))
    read = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert read[0]["id"] == 7
    assert read[0]["level"] == "emergency"
    assert read[0]["rules"][0] == "CES_SADDLE"
    assert read[1] == {"id": "b", "level": "none", "rules": []}
    assert "error" in read[2]


def test_the_command_explains_itself(citeback: Run) -> None:
    done = citeback("guard", "--explain", "--locale", "UK", "--", SIGN)

    assert done.returncode == 4
    for part in ("EMERGENCY", "999", "CES_SADDLE", "wipe_numb" if "wipe_numb" in done.stdout else "wipe", "nhs.uk"):
        assert part in done.stdout


def test_asking_shows_the_red_flag_even_without_an_index(citeback: Run) -> None:
    done = citeback("ask", "--json", "--locale", "US", "--", SIGN)
    answer = json.loads(done.stdout)

    assert done.returncode == 4
    assert answer["outcome"] == "red_flag"
    assert answer["red_flag"]["rule_id"] == "CES_SADDLE"
    assert "911" in answer["red_flag"]["action"]
    assert answer["statements"] == []
