"""A bank of labelled messages for the red-flag guard: what a line holds, and reading it, strictly.

A bank is JSON Lines: ``id``, ``text``, ``level``, ``category``, and optionally ``turns`` (earlier messages), ``rule``,
``note``. What a guard made of a bank is judged in ``metrics.guard``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InputRefused
from rag.schema import Level

_NEEDED = frozenset({"id", "text", "level", "category"})
_ALLOWED = _NEEDED | {"turns", "rule", "note"}

ReadLevel = Callable[[str, tuple[str, ...]], Level]
"""The guard as the bank sees it: a message and its earlier turns to a level."""


@dataclass(frozen=True, slots=True)
class Message:
    """One labelled message."""

    id: str
    text: str
    level: Level
    category: str
    turns: tuple[str, ...] = ()
    rule: str | None = None
    note: str = ""


def load_bank(path: Path) -> tuple[Message, ...]:
    """Every message of a bank. Raises ``InputRefused`` with file and line on anything irregular."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(f"{path}: cannot be read ({error}); name a guard bank (.jsonl)") from error
    messages = tuple(_message(f"{path.name}:{number}", line) for number, line in enumerate(lines, 1) if line.strip())
    seen: set[str] = set()
    for message in messages:
        if message.id in seen:
            raise InputRefused(f"{path.name}: the id {message.id!r} stands twice; give each message its own")
        seen.add(message.id)
    return messages


def _message(where: str, line: str) -> Message:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputRefused(f"{where} is not JSON ({error.msg}); write one object a line") from error
    if not isinstance(row, dict) or not _NEEDED <= set(row) <= _ALLOWED:
        raise InputRefused(f"{where} must have {sorted(_NEEDED)} and may have {sorted(_ALLOWED - _NEEDED)}, no more")
    turns = row.get("turns") or []
    texts = [row["id"], row["text"], row["category"], *turns]
    if (
        not isinstance(turns, list)
        or not all(isinstance(text, str) for text in texts)
        or row["level"] not in tuple(Level)
    ):
        raise InputRefused(f"{where}: texts must be strings and level one of {', '.join(Level)}")
    return Message(
        id=row["id"],
        text=row["text"],
        level=Level(row["level"]),
        category=row["category"],
        turns=tuple(turns),
        rule=row.get("rule"),
        note=row.get("note") or "",
    )
