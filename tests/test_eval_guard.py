"""The guard's measures over a bank of four messages, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.guard_bank import load_bank
from eval.metrics.guard import guard_figures, judged
from rag.schema import Level

BANK = [
    {"id": "1", "text": "numb saddle", "level": "emergency", "category": "plain", "rule": "CES_SADDLE", "note": ""},
    {"id": "2", "text": "bum gone dead", "level": "emergency", "category": "slang", "rule": "CES_SADDLE", "note": ""},
    {"id": "3", "text": "and a fever", "level": "urgent", "category": "turns", "rule": "X", "turns": ["back pain"]},
    {"id": "4", "text": "sore after gardening", "level": "none", "category": "plain", "rule": None},
    {"id": "5", "text": "six weeks now", "level": "routine", "category": "plain", "rule": "LONG"},
]


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "bank.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in BANK) + "\n", "utf-8")
    return file


@pytest.mark.parametrize(
    ("given", "emergencies", "stops", "silent", "called_urgent"),
    [
        (["emergency", "emergency", "urgent", "none", "routine"], 1, 1, 1, 0),
        (["none"] * 5, 0, 0, 1, None),
        (["emergency"] * 5, 1, 1, 0, 0),
        (["urgent", "emergency", "emergency", "routine", "urgent"], 1, 1, 0.5, 0.5),
        (["none", "urgent", "routine", "none", "none"], 0.5, 1 / 3, 1, 1),
    ],
)
def test_misses_and_false_alarms(
    bank: Path, given: list[str], emergencies: float, stops: float, silent: float, called_urgent: float | None
) -> None:
    levels = iter(given)
    figures = guard_figures(judged(load_bank(bank), lambda text, turns: Level(next(levels))))

    assert figures["emergencies"].value == emergencies
    assert figures["stops"].value == pytest.approx(stops)
    assert figures["silent"].value == silent
    assert (figures["called_urgent"].value if "called_urgent" in figures else None) == called_urgent


def test_figures_stand_by_category_where_there_is_something_to_judge(bank: Path) -> None:
    figures = guard_figures(judged(load_bank(bank), lambda text, turns: Level.NONE))

    assert {name: (figure.value, figure.n) for name, figure in figures.items()} == {
        "emergencies": (0.0, 2),
        "stops": (0.0, 3),
        "silent": (1.0, 2),
        "cauda_equina": (0.0, 2),
        "stops / plain": (0.0, 1),
        "silent / plain": (1.0, 2),
        "stops / slang": (0.0, 1),
        "stops / turns": (0.0, 1),
    }


def test_the_judge_hears_the_earlier_turns(bank: Path) -> None:
    heard = []

    def listen(text: str, turns: Sequence[str]) -> Level:
        heard.append((text, turns))
        return Level.NONE

    judged(load_bank(bank), listen)

    assert ("and a fever", ("back pain",)) in heard
