"""Whom to call, where: emergency, advice, crisis and poison lines by country, and the wording that needs none.

Numbers are data with the date they were last checked (``locales.toml``). An unknown country gets neutral wording, never
another country's number.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rag.errors import InputRefused
from rag.red_flags.lexicon import read_toml

NEUTRAL = "neutral"
_LINES = (
    "emergency",
    "emergency_department",
    "advice",
    "crisis",
    "poison",
    "maternity",
    "name",
    "reviewed",
    "source",
)
_PERSON = {
    False: {"you": "you", "You": "You", "your": "your", "Your": "Your", "them": "you", "yourself": "yourself",
            "drive": "drive yourself", "Drive": "Drive yourself", "stay": "stay alone", "go": "Go"},
    True: {"you": "they", "You": "They", "your": "their", "Your": "Their", "them": "them", "yourself": "themselves",
           "drive": "let them drive", "Drive": "Let them drive", "stay": "leave them alone", "go": "Take them"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Locale:
    """The lines of one country."""

    code: str
    lines: Mapping[str, str]

    def fill(self, text: str, third_person: bool) -> str:
        """``text`` with its {places} filled: numbers of this country, words for the person concerned."""
        filled = string.Formatter().vformat(text, (), {**self.lines, **_PERSON[third_person]})
        return filled[:1].upper() + filled[1:]


def load_locale(path: Path, wanted: str) -> Locale:
    """The country's lines by code ("UK", "en-GB", "us"), or the neutral wording when we do not know it."""
    tables = read_toml(path)
    aliases = {
        str(alias).lower(): code for code, table in tables.items() for alias in (code, *table.pop("aliases", ()))
    }
    for code, table in tables.items():
        _check(path, code, table)
    parts = wanted.replace("_", "-").partition(".")[0].lower()
    code = aliases.get(parts) or aliases.get(parts.rpartition("-")[2] if "-" in parts else "") or NEUTRAL
    return Locale(code, tables[code])


def _check(path: Path, code: str, table: Mapping[str, object]) -> None:
    if set(table) != set(_LINES) or not all(isinstance(value, str) and value for value in table.values()):
        odd = set(table) ^ set(_LINES)
        raise InputRefused(f"{path.name}: {code} must have exactly {', '.join(_LINES)} (look at {sorted(odd)})")
    try:
        date.fromisoformat(str(table["reviewed"]))
    except ValueError as error:
        raise InputRefused(f"{path.name}: {code} has the review date {table['reviewed']!r}; use 2026-11-22") from error
