"""What the commands print, and the files and streams they read. Knows no arguments and decides nothing.

Results go to standard output; what only accompanies them goes to standard error.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import typer

from rag import VERSION
from rag.batch import run_lines
from rag.errors import IndexUnavailable, InputRefused, StorageFailed
from rag.render import place, red_flag_lines, to_json, to_text, visible
from rag.schema import Answer, Json, RedFlag
from rag.verify import FindArticle, Finding, Proof, check_answer

if TYPE_CHECKING:
    from rag.guard import Guard, Reading
    from rag.pipeline import Pipeline
    from rag.settings import Settings


# What a person may type in a session after a red flag that was none.
MISREAD = ("you misread me", "misread", "you misread that")


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """An answer: JSON, styled on a terminal, plain in a pipe."""
    if as_json:
        typer.echo(to_json(answer))
    elif sys.stdout.isatty():
        from rag.terminal import print_styled

        print_styled(answer)
    else:
        typer.echo(to_text(answer))


def print_reading(reading: Reading, *, explain: bool) -> None:
    """What the guard read; with ``explain`` what the listener heard, every concept found, its scope and its rules."""
    typer.echo(f"level: {reading.level}")
    typer.echo(f"rules: {', '.join(reading.rules) or 'none'}")
    for line in red_flag_lines(reading.red_flag) if reading.red_flag else ():
        typer.echo(visible(line.text))
    if reading.notice:
        typer.echo(visible(reading.notice))
    if not explain:
        return
    typer.echo("listener: " + ("not installed" if reading.alarm is None else f"{reading.alarm:.0%} sure of a sign"))
    for step in reading.trace:
        used = f" -> {', '.join(step.rules)}" if step.rules else ""
        typer.echo(visible(f"{step.start:>5}-{step.end:<5} {step.concept:<18} {step.scope:<12} “{step.quote}”{used}"))
    for rule, source in reading.sources:
        typer.echo(f"{rule}: {source.name}, {source.section} ({source.url}), reviewed {source.reviewed}")


def converse(pipeline: Pipeline) -> None:
    """An interactive session: a question a line, until an empty one or the end of input.

    Each question knows those before it. After a red flag, "you misread me" sets its rule aside for the session.
    """
    typer.echo("Ask a question; an empty line ends.", err=True)
    earlier: list[str] = []
    dismissed: set[str] = set()
    flag: RedFlag | None = None
    while question := _read_line():
        if flag is not None and question.lower().strip(" .!") in MISREAD:
            dismissed.add(flag.rule_id)
            typer.echo("Set aside for this session. Ask again.", err=True)
            continue
        try:
            answer = pipeline.answer(question, earlier, frozenset(dismissed))
        except InputRefused as error:
            typer.echo(str(error), err=True)
            continue
        earlier.append(question)
        flag = answer.red_flag
        print_answer(answer, as_json=False)
        if flag is not None:
            typer.echo("If this misread you, type: you misread me", err=True)


def _read_line() -> str:
    try:
        return input("? ").strip()
    except EOFError:
        return ""


def answer_batch(pipeline: Pipeline, source: str, target: str) -> None:
    """``{"id", "question"}`` a line in, ``{"id", …answer}`` a line out."""
    _run_batch(source, target, "question", lambda question: pipeline.answer(question).to_json())


def guard_batch(guard: Guard, source: str, target: str) -> None:
    """``{"id", "text"}`` a line in, ``{"id", "level", "rules"}`` a line out."""

    def level(text: str) -> Json:
        reading = guard.read(text)
        return {"level": reading.level, "rules": list(reading.rules)}

    _run_batch(source, target, "text", level)


def _run_batch(source: str, target: str, key: str, handle: Callable[[str], Json]) -> None:
    with opened(source, "r", sys.stdin) as lines:
        if Path(target).is_file() and os.path.samefile(lines.fileno(), target):
            raise InputRefused(f"{target}: --out would empty what --batch reads; give it another name")
        with opened(target, "w", sys.stdout) as results:
            for result in run_lines(lines, key, handle):
                results.write(to_json(result) + "\n")
                results.flush()


@contextmanager
def opened(name: str, mode: str, standard: IO[str]) -> Iterator[IO[str]]:
    """The file of that name, or the standard stream for ``-``.

    Raises:
        InputRefused: there is no such file.
        StorageFailed: it cannot be opened.
    """
    if name == "-":
        yield standard
        return
    try:
        file = open(name, mode, encoding="utf-8", errors="replace", newline="\n")  # noqa: SIM115 - closed below
    except FileNotFoundError as error:
        raise InputRefused(f"{name}: no such file or folder") from error
    except OSError as error:
        raise StorageFailed(f"{name}: cannot be opened ({error.strerror})") from error
    with file:
        yield file


def verify_answer(file: Path, find: FindArticle, *, as_json: bool) -> None:
    """Proves a saved answer again, citation by citation.

    Raises:
        InputRefused: it is no answer, or a citation does not hold.
    """
    findings = check_answer(_saved_answer(file), find)
    failed = [finding for finding in findings if finding.proof is not Proof.HOLDS]
    if as_json:
        typer.echo(json.dumps({"holds": not failed, "citations": [_finding_json(one) for one in findings]}))
    else:
        for one in findings:
            moved = " (the same words still stand in it)" if one.proof is Proof.STALE and one.still_there else ""
            typer.echo(visible(f"{one.proof:<8} {one.statement}. {' '.join(place(one.citation).split())}{moved}"))
    if failed:
        raise InputRefused(f"{len(failed)} of {len(findings)} citations do not hold; ask the question again")
    if not as_json:
        typer.echo(f"all {len(findings)} citations hold")


def _finding_json(one: Finding) -> Json:
    return {"statement": one.statement, "proof": one.proof, "article_id": one.citation.article_id}


def _saved_answer(file: Path) -> Mapping[str, Any]:
    with opened(str(file), "r", sys.stdin) as stream:
        text = stream.read()
    try:
        saved = json.loads(text)
    except (ValueError, RecursionError) as error:  # not all are JSONDecodeErrors: 5,000 digits are not
        raise InputRefused(f"{file}: not JSON; save an answer with: citeback ask --json") from error
    if not isinstance(saved, dict):
        raise InputRefused(f"{file}: not an answer of citeback ask --json")
    return saved


def verify_index(settings: Settings, *, as_json: bool) -> None:
    """Proves a whole index again.

    Raises:
        IndexUnavailable: there is none, or something in it does not hold.
    """
    from rag.index import Index, prove

    index = Index.open(Path(settings.index))
    counts = prove(index, Path(settings.index))
    if as_json:
        typer.echo(json.dumps({"holds": True, "index_id": index.id, **counts}))
    else:
        held = ", ".join(f"{count} {name}" for name, count in counts.items())
        typer.echo(f"index {index.id} ({index.name}) holds: {held}")


def facts(settings: Settings) -> Json:
    """What is installed, indexed and pinned."""
    from rag.encoder import Model
    from rag.guard import open_listener
    from rag.index import Index
    from rag.pipeline import open_reader

    model, reader, listener = Model.find(settings.encoder), open_reader(), open_listener()
    found: Json = {"citeback": VERSION, "python": platform.python_version()}
    found |= {"encoder": model.name, "encoder digest": model.digest[:16], "reader": reader.name if reader else "none"}
    found |= {"listener": listener.name if listener else "none", "settings": settings.digest()}
    try:
        index = Index.open(Path(settings.index))
    except IndexUnavailable as error:
        return found | {"index": str(error)}
    counts: Iterable[tuple[str, int]] = index.manifest["counts"].items()
    return found | {"index": f"{settings.index} ({index.name})", "index id": index.id, **dict(counts)}
