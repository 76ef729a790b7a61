"""Many questions in one process: a JSON line in, a JSON line out, in order. One bad line stops nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rag.errors import InputRefused
from rag.schema import Json


def run_lines(lines: Iterable[str], key: str, handle: Callable[[str], Json]) -> Iterator[Json]:
    """What ``handle`` makes of ``key`` in each line, under the line's id; a malformed line gets ``{"id", "error"}``.

    Empty lines are passed over.
    """
    for line in lines:
        if line.strip():
            yield _run_line(line, key, handle)


def _run_line(line: str, key: str, handle: Callable[[str], Json]) -> Json:
    given = None
    try:
        case = _parsed(line)
        if not isinstance(case, dict) or "id" not in case or not isinstance(case.get(key), str):
            given = case.get("id") if isinstance(case, dict) else None
            raise InputRefused(f'a line must be {{"id": ..., "{key}": "some text"}}')
        given = case["id"]
        return {"id": given, **handle(case[key])}
    except InputRefused as error:
        return {"id": given, "error": str(error)}


def _parsed(line: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:  # not all are JSONDecodeErrors: 5,000 digits are not
        raise InputRefused(f"not JSON ({error})") from error
