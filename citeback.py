"""The command line: reads arguments, calls one function, prints its result. Decides nothing about answers.

Results go to standard output, everything else to standard error. Exit codes are part of the contract: see
``rag.errors`` and ``EXIT`` below.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

# One thread is fastest for one question: a second one only waits. Must be set before numpy is loaded.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
# Nothing is ever reported to anyone, whatever the environment says.
os.environ |= {"LANGSMITH_TRACING": "false", "LANGCHAIN_TRACING_V2": "false", "HF_HUB_OFFLINE": "1"}

import typer

from rag import VERSION, console
from rag.errors import CitebackError, FilesSkipped, InputRefused, StorageFailed
from rag.schema import Answer, Article, Outcome

if TYPE_CHECKING:
    from eval.command import Evaluation
    from ingest.build import Report
    from rag.settings import Settings

EXIT = {Outcome.ANSWERED: 0, Outcome.ABSTAINED: 3, Outcome.RED_FLAG: 4}
UNFORESEEN, INTERRUPTED = 1, 130
OUT_WITHOUT_BATCH = "--out is for --batch; send one result into a file with > FILE"
SHIPPED_CORPUS = Path(__file__).parent / "corpus"

app = typer.Typer(
    name="citeback",
    help="Answers questions from a closed set of articles and proves every sentence of every answer.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

QuestionArgument = Annotated[
    str | None, typer.Argument(metavar="[QUESTION]", help="The question; - reads it from standard input.")
]
BatchOption = Annotated[
    str | None, typer.Option("--batch", metavar="IN.jsonl", help='{"id", "question"} a line; - is standard input.')
]
OutOption = Annotated[
    str | None, typer.Option("--out", metavar="OUT.jsonl", help="Where batch answers go; - is standard output.")
]
IndexOption = Annotated[str | None, typer.Option("--index", metavar="DIR", help="The index folder [.citeback].")]
LocaleOption = Annotated[
    str | None,
    typer.Option("--locale", metavar="COUNTRY", help="Whose emergency numbers to show: UK, US, IN ... [none]."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"citeback {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the trace of an unforeseen error.")] = False,
) -> None:
    """What holds for every command; ``--debug`` is read by ``main``."""


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files or folders of articles [the shipped ones].")
    ] = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 8 if any file was skipped.")] = False,
) -> None:
    """Make an index of the articles in PATH; it replaces the index there was."""
    from ingest.build import ingest as build
    from rag.terminal import progress_bar

    with progress_bar() as progress:
        report = build(paths or [SHIPPED_CORPUS], _settings(index=index), progress)
    if as_json:
        typer.echo(json.dumps(report.to_json()))
    else:
        _print_report(report)
    if strict and report.skipped:
        raise FilesSkipped(
            f"{len(report.skipped)} of {len(report.files)} files were skipped; the index holds the others"
        )


@app.command()
def ask(
    question: QuestionArgument = None,
    index: IndexOption = None,
    as_json: JsonOption = False,
    batch: BatchOption = None,
    out: OutOption = None,
    locale: LocaleOption = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show on standard error what spoke for each sentence and what became of it."),
    ] = False,
) -> None:
    """Answer QUESTION from the articles, each sentence with its source."""
    from rag.pipeline import Pipeline

    settings = _settings(index=index, locale=locale)
    if batch is not None:
        _refuse(question is not None, "give a QUESTION or --batch, not both")
        _refuse(explain, "--explain is for one QUESTION; leave it out with --batch")
        console.answer_batch(Pipeline.open(settings), batch, out or "-")
        return
    _refuse(out is not None, OUT_WITHOUT_BATCH)
    if question is None and sys.stdin.isatty():
        _refuse(as_json or explain, "--json and --explain need a QUESTION; give one, or leave them out")
        console.converse(Pipeline.open(settings))
    else:
        _refuse(question is None, "no question; give one, or - to read it from standard input")
        asked = sys.stdin.read() if question == "-" else str(question)
        answer = _answer_or_warn(asked.strip(), settings, explain=explain)
        console.print_answer(answer, as_json=as_json)
        raise typer.Exit(EXIT[answer.outcome])


@app.command()
def guard(
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="A message; - reads standard input.")] = None,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="IN.jsonl", help='{"id", "text"} a line; - is standard input.')
    ] = None,
    out: OutOption = None,
    locale: LocaleOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show concepts, scopes, rules and sources.")] = False,
) -> None:
    """Read TEXT for red flags and nothing else; exits 4 if one is reported."""
    from rag.guard import Guard

    reader = Guard.load(_settings(locale=locale).locale)
    if batch is not None:
        _refuse(text is not None, "give a TEXT or --batch, not both")
        _refuse(explain, "--explain is for one TEXT; leave it out with --batch")
        console.guard_batch(reader, batch, out or "-")
        return
    _refuse(out is not None, OUT_WITHOUT_BATCH)
    _refuse(text is None, "no text; give one, or - to read it from standard input")
    reading = reader.read(sys.stdin.read() if text == "-" else str(text))
    console.print_reading(reading, explain=explain)
    raise typer.Exit(EXIT[Outcome.RED_FLAG] if reading.red_flag else 0)


@app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.json]", help="An answer saved from ask --json.")] = None,
    index: IndexOption = None,
    corpus: Annotated[Path | None, typer.Option("--corpus", metavar="DIR", help="Check against articles.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove a saved answer again, or (without FILE) the whole index. Uses no model."""
    if file is None:
        _refuse(corpus is not None, "--corpus needs an answer to check; give FILE.json")
        console.verify_index(_settings(index=index), as_json=as_json)
    else:
        console.verify_answer(file, _article_source(_settings(index=index), corpus), as_json=as_json)


@app.command("eval")
def evaluate(
    cases: Annotated[Path | None, typer.Argument(metavar="[CASES]", help="JSONL of cases [the shipped ones].")] = None,
    index: IndexOption = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score these answers (ask --batch) and ask nothing.")
    ] = None,
    part: Annotated[str | None, typer.Option(metavar="PART", help="dev, test or all [dev; all with --gate].")] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit 9 and say what fell if a threshold is not met.")] = False,
    against: Annotated[Path | None, typer.Option(metavar="FILE", help="Compare with these earlier results.")] = None,
    report: Annotated[Path | None, typer.Option(metavar="DIR", help="Write a report of one HTML file there.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the results as JSON there.")] = None,
    drafts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Turn recorded feedback into draft cases, nothing else.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the answers to CASES against gold quotes: how right, how complete, how rightly declined."""
    from eval import command, feedback
    from eval import gate as gates
    from rag.terminal import progress_bar

    if drafts is not None:
        typer.echo(feedback.to_lines(feedback.drafts(feedback.load_feedback(drafts))), nl=False)
        return
    chosen = part or (command.ALL if gate and cases is None else None)
    with progress_bar() as progress:
        run = command.evaluate(_settings(index=index), cases, chosen, answers, progress)
    if out is not None:
        run.results.write(out)
    if report is not None:
        from eval.report import write_report

        typer.echo(f"report: {write_report(run, report)}", err=True)
    _print_evaluation(run, against, as_json=as_json)
    if gate:
        gates.check(run.results, gates.load_thresholds(with_guard=answers is None))


@app.command()
def serve(
    index: IndexOption = None,
    port: Annotated[int, typer.Option(metavar="PORT", min=1, max=65_535, help="Where to listen.")] = 8501,
) -> None:
    """Open the page for this machine alone; see docs/deploy.md for others."""
    from rag.index import read_pointer

    folder = Path(_settings(index=index).index).resolve()
    read_pointer(folder)
    page = Path(__file__).with_name("app.py")
    os.environ["CITEBACK_INDEX"] = str(folder)
    typer.echo(f"the page: http://127.0.0.1:{port} (stop with Ctrl-C)", err=True)
    command = [sys.executable, "-m", "streamlit", "run", str(page), "--server.port", str(port)]
    os.execv(sys.executable, command)


@app.command()
def info(index: IndexOption = None, as_json: JsonOption = False) -> None:
    """Say what is installed, indexed and pinned."""
    facts = console.facts(_settings(index=index))
    if as_json:
        typer.echo(json.dumps(facts))
        return
    for name, value in facts.items():
        typer.echo(f"{name:<16} {value}")


def main() -> NoReturn:
    """Runs a command; every way out has its documented exit code and at most one line on standard error.

    Only a pipe that nobody reads any more ends it without a word and by the signal for that, like any Unix tool.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=errors)
    try:
        code = app(args=sys.argv[1:] or ["--help"], standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = _complain("interrupted", INTERRUPTED)
    except CitebackError as error:
        code = _complain(str(error), error.exit_code)
    except Exception as error:
        code = _complain_of_unforeseen(error)
    raise SystemExit(code or 0)


def _complain(message: str, code: int) -> int:
    from rag.render import visible

    typer.echo(f"citeback: {visible(' '.join(message.split()))}", err=True)
    return code


def _complain_of_unforeseen(error: Exception) -> int:
    """A wrong option or the disk is the reader's to mend; the rest is ours, its trace shown only when asked for."""
    if hasattr(error, "format_message"):
        return _complain(f"{error.format_message()} See: citeback --help", InputRefused.exit_code)
    if "--debug" in sys.argv:
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.strerror:
        place = error.filename or "the output"
        return _complain(f"{place}: {error.strerror}; make room, or choose another place", StorageFailed.exit_code)
    name = f"{type(error).__name__} (id {uuid.uuid4().hex[:8]})"
    return _complain(f"unforeseen {name}; citeback --debug COMMAND shows more", UNFORESEEN)


def _refuse(wrong: bool, message: str) -> None:
    if wrong:
        raise InputRefused(message)


def _settings(**flags: object) -> Settings:
    from rag.settings import Settings

    return Settings.load(flags)


def _print_report(report: Report) -> None:
    from rag.render import visible

    for file in report.files:
        typer.echo(visible(f"{file.status:<8} {file.path}{f': {file.reason}' if file.reason else ''}"))
    for copy in report.near_copies:
        typer.echo(f"note     {copy.first} and {copy.second} share about {copy.similarity:.0%} of their wording")
    typer.echo(
        f"{report.articles} articles, {report.sentences} sentences, {report.passages} passages; "
        f"{report.encoded} texts encoded, {report.reused} reused; index {report.index_id} ({report.generation})"
    )


def _answer_or_warn(question: str, settings: Settings, *, explain: bool) -> Answer:
    """The answer; a red flag is shown even where nothing can be answered, whatever the reason."""
    from rag.guard import Guard
    from rag.pipeline import Pipeline, stopped

    try:
        pipeline = Pipeline.open(settings)
    except CitebackError:
        reading = Guard.load(settings.locale).read(question)
        if reading.red_flag is None:
            raise
        return stopped(question, reading, settings)
    answer, draft = pipeline.reasoned(question)
    if explain and draft is not None:
        from rag.explain import explained

        typer.echo(explained(draft, pipeline.index), err=True)
    return answer


def _print_evaluation(run: Evaluation, against: Path | None, *, as_json: bool) -> None:
    from eval import command, table

    typer.echo(json.dumps(run.results.to_json()) if as_json else table.to_text(run.results))
    for one in command.comparisons(run.results, against) if against else ():
        typer.echo(f"\n{table.comparison_text(one, listed=one.name != command.CLOSED)}", err=as_json)


def _article_source(settings: Settings, corpus: Path | None) -> Callable[[str], Article | None]:
    if corpus is None:
        from rag.index import Index

        return Index.open(Path(settings.index)).article
    from ingest.load import find_files, read_article

    articles: dict[str, Article] = {}
    for found in find_files([corpus]):
        if found.reason:
            continue
        with suppress(InputRefused):  # what ingest would skip is no article
            article, _ = read_article(found)
            articles.setdefault(article.id, article)
    return articles.get


if __name__ == "__main__":
    main()
