"""Answers from JSONL, as ``citeback ask --batch`` writes them, whoever gave them: ours or another system's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rag.errors import InputRefused, StorageFailed
from rag.schema import Answer, Citation, Level, Outcome, RedFlag, Retrieved, RuleSource, Statement


def load_answers(file: Path, wanted: Iterable[str]) -> dict[str, Answer]:
    """The answers to the wanted ids; answers to other questions are passed over.

    Raises:
        InputRefused: a line is no answer, an id comes twice, or a wanted one is missing.
        StorageFailed: the file cannot be read.
    """
    ids = set(wanted)
    answers: dict[str, Answer] = {}
    for number, line in enumerate(_text(file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            id_, answer = _read_line(line, ids)
        except InputRefused as error:
            raise InputRefused(f"{file}:{number}: {error}") from error
        if id_ in answers:
            raise InputRefused(f"{file}:{number}: a second answer to {id_!r}; keep one")
        if answer is not None:
            answers[id_] = answer
    if missing := sorted(ids - set(answers)):
        raise InputRefused(f"{file}: no answer to {', '.join(missing[:5])} ({len(missing)} missing); answer every case")
    return answers


def read_answer(data: Mapping[str, Any]) -> Answer:
    """An answer from the JSON object of the command-line contract; an ``id`` beside its keys is passed over.

    Raises:
        InputRefused: a key is missing or a value is of the wrong kind.
    """
    try:
        return Answer(
            question=str(data["question"]),
            outcome=Outcome(data["outcome"]),
            statements=tuple(Statement(one["text"], _citations(one["citations"])) for one in data["statements"]),
            red_flag=_red_flag(data["red_flag"]),
            notice=data["notice"],
            confidence=float(data["confidence"]),
            nearest=_citations(data["nearest"]),
            retrieved=tuple(Retrieved(**one) for one in data["retrieved"]),
            index_id=str(data["index_id"]),
            settings_digest=str(data["settings_digest"]),
            engine=str(data["engine"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputRefused(f"not an answer of citeback ask --json ({type(error).__name__}: {error})") from error


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise InputRefused(f"{file}: no such file; write one with: citeback ask --batch") from error
    except UnicodeDecodeError as error:
        raise InputRefused(f"{file}: not UTF-8 ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise StorageFailed(f"{file}: cannot be read ({error.strerror})") from error


def _read_line(line: str, wanted: set[str]) -> tuple[str, Answer | None]:
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputRefused(f"not JSON ({error})") from error
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        raise InputRefused('an answer is an object with an "id"')
    if data["id"] not in wanted:
        return data["id"], None
    if "error" in data:
        raise InputRefused(f"{data['id']} was not answered: {data['error']}")
    return data["id"], read_answer(data)


def _citations(rows: Iterable[Mapping[str, Any]]) -> tuple[Citation, ...]:
    return tuple(Citation(**one) for one in rows)


def _red_flag(data: Mapping[str, Any] | None) -> RedFlag | None:
    if data is None:
        return None
    parts = {"level": Level(data["level"]), "matched": tuple(data["matched"]), "source": RuleSource(**data["source"])}
    return RedFlag(**{**data, **parts})
