"""A thumb on the page becomes a draft case: what is kept, what is gathered, and that a draft is no case yet."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from eval_ground import GROIN, NERVE, WORLD, citation

from eval.cases import read_case
from eval.feedback import Verdict, drafts, load_feedback, record, to_lines
from rag.errors import InputRefused


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "feedback.sqlite"


def test_a_thumb_is_kept_as_it_was_given(store: Path) -> None:
    record(store, "What is sciatica?", Verdict.RIGHT_PLACE, citation(NERVE), "just so")

    (thumb,) = load_feedback(store)
    assert (thumb.question, thumb.verdict, thumb.comment) == ("What is sciatica?", Verdict.RIGHT_PLACE, "just so")
    assert WORLD.articles["sciatica"].text[thumb.start : thumb.end] == thumb.quote == NERVE
    assert thumb.created.endswith("+00:00")


def test_nothing_else_is_kept(store: Path) -> None:
    record(store, "?", Verdict.MISSING)

    columns = [row[1] for row in sqlite3.connect(store).execute("PRAGMA table_info(feedback)")]
    assert columns == "id created question article_id start end quote article_sha256 verdict comment".split()


def test_all_thumbs_of_a_question_make_one_draft(store: Path) -> None:
    record(store, "What is sciatica?", Verdict.RIGHT_PLACE, citation(NERVE))
    record(store, "My hip hurts", Verdict.MISSING, comment="nothing on limping")
    record(store, "What is  sciatica?", Verdict.WRONG_PLACE, citation(GROIN))
    record(store, "What is sciatica?", Verdict.RIGHT_PLACE, citation(NERVE))

    first, second = drafts(load_feedback(store))

    assert first["groups"] == [[{"article_id": "sciatica", "quote": NERVE}]]
    assert f"wrong_place hip 0-{len(GROIN)} “{GROIN}”" in first["note"]
    assert (second["question"], second["groups"]) == ("My hip hurts", [])
    assert second["note"].endswith("missing (nothing on limping)")


def test_a_draft_is_refused_until_someone_has_decided(store: Path) -> None:
    record(store, "What is sciatica?", Verdict.RIGHT_PLACE, citation(NERVE))
    line = to_lines(drafts(load_feedback(store)))

    with pytest.raises(InputRefused, match="a draft has neither"):
        read_case(line, WORLD.find)

    completed = json.dumps(json.loads(line) | {"answerable": True})
    assert read_case(completed, WORLD.find).facts[0][0].quote == NERVE


def test_a_file_that_is_not_there_or_not_ours_is_refused(store: Path) -> None:
    with pytest.raises(InputRefused, match="no such file"):
        load_feedback(store)

    store.write_text("not a database, though long enough to be looked at", "utf-8")
    with pytest.raises(InputRefused, match="is no feedback file"):
        load_feedback(store)
