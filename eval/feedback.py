"""What readers said of answers, kept with their consent, and turned into draft cases to complete by hand.

One row a thumb: the question, the place that was shown (or none) and a verdict. No name, no address, nothing else. A
draft has ``answerable`` null, so that the loader of cases refuses it until somebody has decided.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from rag.errors import InputRefused, StorageFailed
from rag.schema import Citation, Json

_TABLE = """
    CREATE TABLE IF NOT EXISTS feedback (
        id INTEGER PRIMARY KEY, created TEXT NOT NULL, question TEXT NOT NULL, article_id TEXT, start INT, end INT,
        quote TEXT, article_sha256 TEXT, verdict TEXT NOT NULL, comment TEXT NOT NULL
    )
"""


class Verdict(StrEnum):
    """What a reader said of a quote, or of an answer that was missing."""

    RIGHT_PLACE = "right_place"
    WRONG_PLACE = "wrong_place"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A recorded thumb. ``created`` is ISO 8601 in UTC; the place is None where no quote was shown."""

    id: int
    created: str
    question: str
    article_id: str | None
    start: int | None
    end: int | None
    quote: str | None
    article_sha256: str | None
    verdict: Verdict
    comment: str


def record(file: Path, question: str, verdict: Verdict, citation: Citation | None = None, comment: str = "") -> None:
    """Adds a thumb; makes the file if there is none. Ask for consent first.

    Raises:
        StorageFailed: the file cannot be written.
    """
    place = citation and (
        *(citation.article_id, citation.start, citation.end),
        *(citation.quote, citation.article_sha256),
    )
    created = datetime.now(UTC).isoformat(timespec="seconds")
    row = (created, question, *(place or (None,) * 5), verdict.value, comment)
    with _opened(file) as database, database:
        database.execute(_TABLE)
        columns = ", ".join(field.name for field in fields(Feedback)[1:])
        database.execute(f"INSERT INTO feedback ({columns}) VALUES ({', '.join('?' * len(row))})", row)


def load_feedback(file: Path) -> tuple[Feedback, ...]:
    """Every recorded thumb, oldest first.

    Raises:
        InputRefused: there is no such file, or it holds no feedback.
    """
    if not file.is_file():
        raise InputRefused(f"{file}: no such file; the page makes it when somebody gives feedback")
    names = ", ".join(field.name for field in fields(Feedback))
    with _opened(file) as database:
        rows = database.execute(f"SELECT {names} FROM feedback ORDER BY id").fetchall()
    return tuple(_feedback(row) for row in rows)


def drafts(thumbs: tuple[Feedback, ...]) -> list[Json]:
    """One draft case for each question, all of its thumbs gathered: places called right become a first fact."""
    by_question: dict[str, list[Feedback]] = {}
    for thumb in thumbs:
        by_question.setdefault(" ".join(thumb.question.split()), []).append(thumb)
    return [_draft(question, held) for question, held in by_question.items()]


def to_lines(cases: list[Json]) -> str:
    """Drafts as JSONL."""
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)


def _feedback(row: tuple[Any, ...]) -> Feedback:
    values = {field.name: value for field, value in zip(fields(Feedback), row, strict=True)}
    return Feedback(**{**values, "verdict": Verdict(values["verdict"])})


def _draft(question: str, thumbs: list[Feedback]) -> Json:
    right = [thumb for thumb in thumbs if thumb.verdict is Verdict.RIGHT_PLACE and thumb.quote]
    places = {
        (thumb.article_id, thumb.quote): {"article_id": thumb.article_id, "quote": thumb.quote} for thumb in right
    }
    return {
        "id": f"f{thumbs[0].id:04d}",
        "question": question,
        "kind": "lay",
        "answerable": None,
        "groups": [list(places.values())] if places else [],
        "also_ok": [],
        "note": "; ".join(_said(thumb) for thumb in thumbs),
    }


def _said(thumb: Feedback) -> str:
    where = f" {thumb.article_id} {thumb.start}-{thumb.end} “{thumb.quote}”" if thumb.quote else ""
    comment = f" ({thumb.comment})" if thumb.comment else ""
    return f"{thumb.created}: {thumb.verdict.value}{where}{comment}"


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(file)) as database:
            yield database
    except sqlite3.OperationalError as error:
        raise StorageFailed(f"{file}: cannot be used as a feedback file ({error})") from error
    except sqlite3.DatabaseError as error:
        raise InputRefused(f"{file}: is no feedback file ({error})") from error
