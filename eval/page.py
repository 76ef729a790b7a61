"""The last run as the page shows it: its figures with their intervals, and the questions that went wrong.

Reads the file that ``citeback eval --out`` wrote; measures nothing. Every word of it is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from eval.articles import FAILING_F1
from eval.results import FORMAT
from eval.summary import TITLES
from rag.errors import InputRefused
from rag.markup import text_html
from rag.schema import Json, Outcome

# Figures about answers; those about search are left out.
_SHOWN = ("exactness", "precision", "recall", "first_right", "misleading", "answered", "declined", "auroc")


def load_run(file: Path) -> Json | None:
    """The results in that file, or None if there is no such file.

    Raises:
        InputRefused: it is no results file of this version.
    """
    if not file.is_file():
        return None
    try:
        run = json.loads(file.read_text("utf-8"))
        if run["format"] != FORMAT or not isinstance(run["parts"], dict):
            raise InputRefused(f"{file.name} was written by another version; run citeback eval again")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefused(f"{file.name} holds no results of citeback eval --out; run it again") from error
    return dict(run)


def run_html(run: Json, index_id: str) -> str:
    """What was run, the figures of every part, and what went wrong where the questions may be shown."""
    stale = "" if run.get("index_id") == index_id else "The articles have changed since this run."
    head = f"Run over index {run.get('index_id')}, code {run.get('revision') or 'unknown'}. {stale}"
    parts = "".join(_part_html(name, part) for name, part in run["parts"].items())
    return f'<div class="cb-run"><p class="cb-small">{text_html(head)}</p>{parts}</div>'


def curves(run: Json) -> dict[str, list[tuple[float, float]]]:
    """Risk against coverage, ``(coverage, risk)`` in order, for each part."""
    return {
        name: [(point["coverage"], point["risk"]) for point in part.get("curve", [])]
        for name, part in run["parts"].items()
    }


def _part_html(name: str, part: Json) -> str:
    figures = part["figures"]
    rows = "".join(_figure_html(TITLES[key], figures[key]) for key in _SHOWN if key in figures)
    return (
        f"<h2>Questions: {text_html(name)}</h2>"
        "<table><thead><tr><th scope='col'>Figure</th><th scope='col'>Value</th><th scope='col'>95 % interval</th>"
        f"<th scope='col'>n</th></tr></thead><tbody>{rows}</tbody></table>{_failing_html(part)}"
    )


def _figure_html(title: str, figure: Mapping[str, float | None]) -> str:
    value, low, high = (figure.get(key) for key in ("value", "low", "high"))
    if value is None:
        return f"<tr><th scope='row'>{text_html(title)}</th><td>none</td><td></td><td>{figure.get('n', 0)}</td></tr>"
    between = "" if low is None or high is None else f"{low:.3f} to {high:.3f}"
    shown = f"<td>{value:.3f}</td><td>{between}</td><td>{figure.get('n', '')}</td>"
    return f"<tr><th scope='row'>{text_html(title)}</th>{shown}</tr>"


def _failing_html(part: Json) -> str:
    """A closed part has no answers in the file: its failures are counted and its questions stay unseen."""
    failing = [score for score in part["scores"] if _is_failing(score)]
    answers = part.get("answers") or {}
    summary = f"{len(failing)} of {len(part['scores'])} questions went wrong"
    if not answers or not failing:
        return f'<p class="cb-small">{summary}.</p>'
    rows = "".join(_failure_html(answers.get(score["id"], {}), score) for score in failing)
    return f'<details class="cb-fold"><summary>{summary}</summary><ul>{rows}</ul></details>'


def _failure_html(answer: Json, score: Json) -> str:
    said = " ".join(str(statement["text"]) for statement in answer.get("statements", ()))
    body = f'<p class="cb-small">{text_html(said)}</p>' if said else ""
    wrong = "Too little of the answer was right" if score["answerable"] else "Should have been declined"
    wrong = "Should have been answered" if score["answerable"] and not said else wrong
    return f"<li><p>{text_html(str(answer.get('question', '')))} <strong>{wrong}.</strong></p>{body}</li>"


def _is_failing(score: Json) -> bool:
    """As the report counts it; see ``eval.articles``."""
    if not score["answerable"]:
        return bool(score["outcome"] == Outcome.ANSWERED)
    return bool((score["f1"] or 0.0) < FAILING_F1)
