"""The scorer of the guard's bank: hand-checked rates, and a loader that takes nothing odd."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.guard_bank import Message, Rate, load_bank, report, score, wilson
from rag.errors import InputRefused
from rag.schema import Level

BANK = (
    Message("a", "fire", Level.EMERGENCY, "plain", rule="CES_SADDLE"),
    Message("b", "soon", Level.EMERGENCY, "plain", rule="AAA"),
    Message("c", "calm", Level.EMERGENCY, "slang", rule="AAA"),
    Message("d", "soon", Level.URGENT, "slang"),
    Message("e", "calm", Level.NONE, "negated"),
    Message("f", "fire", Level.ROUTINE, "negated"),
)
SAID = {"fire": Level.EMERGENCY, "soon": Level.URGENT, "calm": Level.NONE}


def test_rates_by_hand() -> None:
    result = score(BANK, lambda text, _: SAID[text])

    assert result.emergencies == Rate(2, 3)
    assert result.stops == Rate(3, 4)
    assert result.silent == Rate(1, 2)
    assert result.cauda_equina == Rate(1, 1)
    assert result.under_called == Rate(1, 2)
    assert result.stopped_by_category == {"plain": Rate(2, 2), "slang": Rate(1, 2)}
    assert result.silent_by_category == {"negated": Rate(1, 2)}
    assert [message.id for message, _ in result.wrong] == ["c", "f"]
    assert "emergencies stopped" in report(result)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
        (97, 100, 0.9155, 0.9897),
    ],
)
def test_wilson_intervals(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=1e-3)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"id": "a", "text": "x", "level": "none"}',
        '{"id": "a", "text": "x", "level": "dire", "category": "plain"}',
        '{"id": "a", "text": 1, "level": "none", "category": "plain"}',
        '{"id": "a", "text": "x", "level": "none", "category": "plain", "extra": 1}',
    ],
)
def test_an_odd_line_is_refused(tmp_path: Path, line: str) -> None:
    bank = tmp_path / "bank.jsonl"
    bank.write_text(line, "utf-8")

    with pytest.raises(InputRefused, match=r"bank\.jsonl:1"):
        load_bank(bank)


def test_an_id_may_stand_once(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": "x", "level": "none", "category": "plain"})
    bank = tmp_path / "bank.jsonl"
    bank.write_text(f"{line}\n{line}\n", "utf-8")

    with pytest.raises(InputRefused, match="stands twice"):
        load_bank(bank)
