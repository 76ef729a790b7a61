"""What readers say about single citations, kept in one SQLite file, and only what they agreed to keep.

A row is written whole or not at all. Nothing is ever sent anywhere; ``Feedback`` rows are what draft cases of an
evaluation are made from.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from rag.errors import InputRefused, StorageFailed
from rag.schema import Citation

COMMENT_LIMIT = 1_000
_COLUMNS = "created, question, article_id, start, end, quote, article_sha256, verdict, comment"
_TABLE = """
    CREATE TABLE IF NOT EXISTS feedback (
        id INTEGER PRIMARY KEY, created TEXT NOT NULL, question TEXT NOT NULL, article_id TEXT NOT NULL,
        start INT NOT NULL, "end" INT NOT NULL, quote TEXT NOT NULL, article_sha256 TEXT NOT NULL,
        verdict TEXT NOT NULL, comment TEXT NOT NULL)
"""


class Verdict(StrEnum):
    """What a reader found at a citation."""

    RIGHT_PLACE = "right_place"
    WRONG_PLACE = "wrong_place"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One stored row. ``created`` is an ISO time in UTC, to the second."""

    id: int
    created: str
    question: str
    article_id: str
    start: int
    end: int
    quote: str
    article_sha256: str
    verdict: Verdict
    comment: str


def file_beside(index: str) -> Path:
    """Where feedback on an index is kept: next to its folder, never in it."""
    folder = Path(index)
    return folder.with_name(f"{folder.name}-feedback.sqlite")


def keep(file: Path, question: str, citation: Citation, verdict: Verdict, comment: str, *, consent: bool) -> None:
    """Stores one row.

    Raises:
        InputRefused: without consent, or the comment is too long.
        StorageFailed: the file cannot be written.
    """
    if not consent:
        raise InputRefused("feedback is kept only with consent; nothing was stored")
    if len(comment) > COMMENT_LIMIT:
        raise InputRefused(f"the comment has {len(comment):,} characters, the limit is {COMMENT_LIMIT:,}; shorten it")
    created = datetime.now(UTC).isoformat(timespec="seconds")
    place = (citation.article_id, citation.start, citation.end, citation.quote, citation.article_sha256)
    row = (created, question, *place, verdict.value, comment)
    with _opened(file) as database:
        database.execute(_TABLE)
        database.execute(f"INSERT INTO feedback ({_quoted()}) VALUES ({','.join('?' * len(row))})", row)


def stored(file: Path) -> tuple[Feedback, ...]:
    """Every row, oldest first; none if nothing was ever kept.

    Raises:
        StorageFailed: the file is there and cannot be read.
    """
    if not file.exists():
        return ()
    with _opened(file) as database:
        rows = database.execute(f"SELECT id, {_quoted()} FROM feedback ORDER BY id").fetchall()
    return tuple(Feedback(*(*row[:8], Verdict(row[8]), row[9])) for row in rows)


def _quoted() -> str:
    return _COLUMNS.replace(" end,", ' "end",')


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(file, timeout=10)) as database, database:
            yield database
    except (sqlite3.Error, OSError) as error:
        raise StorageFailed(f"{file}: feedback cannot be stored or read ({error})") from error
