"""What a run found, and its JSON file: the same cases, articles and code give the same bytes, but for ``timings``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from eval.metrics.declining import Point
from eval.metrics.intervals import Estimate
from eval.score import Score
from rag.errors import InputRefused, StorageFailed
from rag.schema import Answer, Json, Outcome

FORMAT = 1
_DECIMALS = 6

Figures = Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Header:
    """What was run: code, packages, articles, settings and cases (a hash of each file)."""

    revision: str | None
    index_id: str
    settings_digest: str
    engine: str
    versions: Mapping[str, str]
    cases: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one set of cases.

    ``by_article`` says of each article how many citations went there, the share of them that was right, and how many of
    the facts it states were found. ``answers`` is empty for a part that nobody should look into.
    """

    name: str
    figures: Figures
    by_kind: Mapping[str, Figures]
    by_article: Mapping[str, Figures]
    curve: tuple[Point, ...]
    scores: tuple[Score, ...]
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds a question took, and seconds in all; none where answers came from a file."""

    p50: float | None
    p95: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run. ``timings`` is the one thing that differs when it is repeated."""

    header: Header
    parts: tuple[Part, ...]
    guard: Figures
    timings: Timings

    def to_json(self) -> Json:
        """The results as JSON, timings last."""
        return {
            "format": FORMAT,
            **asdict(self.header),
            "parts": {part.name: _part_to_json(part) for part in self.parts},
            "guard": _rounded(_figures_to_json(self.guard)),
            "timings": _rounded(asdict(self.timings)),
        }

    def write(self, file: Path) -> None:
        """Writes the JSON file.

        Raises:
            StorageFailed: it cannot be written.
        """
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise StorageFailed(f"{file}: cannot be written ({error.strerror})") from error


def load_scores(file: Path) -> dict[str, tuple[Score, ...]]:
    """The records of an earlier run, part by part: all that a comparison needs.

    Raises:
        InputRefused: the file is not one of ours.
    """
    try:
        data = json.loads(file.read_text("utf-8"))
        if data["format"] != FORMAT:
            raise InputRefused(f"{file}: has format {data['format']}, this version reads {FORMAT}; run it again")
        return {name: tuple(_score(row) for row in part["scores"]) for name, part in data["parts"].items()}
    except FileNotFoundError as error:
        raise InputRefused(f"{file}: no such file; write one with: citeback eval --out {file}") from error
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputRefused(f"{file}: not results of citeback eval --out ({type(error).__name__}: {error})") from error


def _score(row: Mapping[str, Any]) -> Score:
    known = {field.name: row[field.name] for field in fields(Score)}
    return Score(**{**known, "outcome": Outcome(row["outcome"])})


def _part_to_json(part: Part) -> Json:
    return {
        "figures": _rounded(_figures_to_json(part.figures)),
        "by_kind": {kind: _rounded(_figures_to_json(figures)) for kind, figures in part.by_kind.items()},
        "by_article": {name: _rounded(_figures_to_json(figures)) for name, figures in part.by_article.items()},
        "curve": [_rounded(asdict(point)) for point in part.curve],
        "scores": [_rounded(asdict(one)) for one in part.scores],
        "answers": {id_: answer.to_json() for id_, answer in part.answers.items()},
    }


def _figures_to_json(figures: Figures) -> Json:
    return {name: asdict(figure) for name, figure in figures.items()}


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Numbers cut to what the figures can bear, so that no last bit of a float ever shows."""
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return value
