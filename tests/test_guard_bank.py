"""The loader of the guard's banks takes nothing odd; totals are printed without a message."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from eval.guard import main
from eval.guard_bank import load_bank
from rag.errors import InputRefused


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"id": "a", "text": "x", "level": "none"}',
        '{"id": "a", "text": "x", "level": "dire", "category": "plain"}',
        '{"id": "a", "text": 1, "level": "none", "category": "plain"}',
        '{"id": "a", "text": "x", "level": "none", "category": "plain", "extra": 1}',
        '{"id": "a", "text": "x", "level": "none", "category": "plain", "turns": "back pain"}',
    ],
)
def test_an_odd_line_is_refused(tmp_path: Path, line: str) -> None:
    bank = tmp_path / "bank.jsonl"
    bank.write_text(line, "utf-8")

    with pytest.raises(InputRefused, match=r"bank\.jsonl:1"):
        load_bank(bank)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    bank = tmp_path / "bank.jsonl"
    bank.write_bytes(b"\xff\xfe")

    with pytest.raises(InputRefused, match="cannot be read"):
        load_bank(bank)


def test_an_id_may_stand_once(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": "x", "level": "none", "category": "plain"})
    bank = tmp_path / "bank.jsonl"
    bank.write_text(f"{line}\n{line}\n", "utf-8")

    with pytest.raises(InputRefused, match="stands twice"):
        load_bank(bank)


def test_totals_are_printed_without_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "a", "text": "I cannot feel myself when I wipe", "level": "emergency", "category": "plain"}
    bank = tmp_path / "bank.jsonl"
    bank.write_text(json.dumps(row), "utf-8")
    monkeypatch.setattr(sys, "argv", ["guard", str(bank), str(tmp_path / "none.jsonl")])

    assert main() == 2
    out, err = capsys.readouterr()
    assert "emergencies                  100.0%" in out
    assert "wipe" not in out + err
    assert "none.jsonl: cannot be read" in err
