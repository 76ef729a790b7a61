"""The README keeps its word: what it shows is what comes out, and CI runs its test command."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from conftest import ROOT, Run
from typer.main import get_command

import citeback as command_line
from rag.pipeline import Pipeline
from rag.render import to_text

README = (ROOT / "README.md").read_text("utf-8")


def test_the_answer_shown_is_the_answer_given(pipeline: Pipeline) -> None:
    question = re.search(r'citeback ask "([^"]+)"', README)
    shown = re.search(r"answered like this:\n\n```\n(.*?)\n```", README, re.DOTALL)
    assert question
    assert shown

    assert to_text(pipeline.answer(question[1])) == shown[1]


def test_ci_runs_the_test_command_as_written() -> None:
    command = re.search(r"# 2\. run the tests\n(.*?)\n```", README)
    assert command

    assert command[1].split(" && ")[-1] in Path(ROOT / ".ci/run").read_text("utf-8").splitlines()


def test_every_command_is_in_the_table_and_nothing_else() -> None:
    listed = set(re.findall(r"^\| `citeback (\w+)", README, re.MULTILINE))

    assert listed == set(get_command(command_line.app).commands)  # type: ignore[attr-defined]


def test_help_says_what_each_command_does(citeback: Run) -> None:
    text = citeback("--help").stdout

    assert textwrap.dedent("Answers questions from a closed set of articles") in text
    assert not re.search(r"torch|Traceback", text)
