"""The table beside ours: ``python -m bench --index DIR`` asks every system every shipped question and scores all alike.

Baselines never decline by themselves, so each is shown twice: as it is, and declining below the threshold that gives it
the best utility on dev. Answers are written as JSONL, for ``citeback eval --answers``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# As on the command line: a second thread only waits for the first. Must be set before numpy is loaded.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from bench.best_sentence import Bm25Sentence, MiniLmSentence
from bench.quoting import System, declining_below
from bench.tutorial import Tutorial
from eval.cases import Case
from eval.command import ALL, case_sets
from eval.library import Library
from eval.metrics.intervals import Estimate
from eval.run import CaseSet, ask
from eval.score import score_all
from eval.summary import TITLES, summary
from rag.pipeline import Pipeline
from rag.render import to_json
from rag.schema import Answer
from rag.settings import Settings
from rag.terminal import progress_bar

FIGURES = (
    "first_right",
    "precision",
    "recall",
    "f1",
    "tightness",
    "char_f1",
    "answered",
    "declined",
    "utility",
    "auroc",
)
NAMES = {
    "citeback": "Citeback",
    "bm25": "BM25, best sentence",
    "minilm": "MiniLM, best sentence",
    "langchain": "LangChain tutorial (1000/200, top 4)",
}

Answers = Mapping[str, Answer]


def main() -> None:
    """Reads the arguments, asks, writes answers if wanted, and prints a table a part."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", help="the index folder [.citeback]")
    parser.add_argument("--answers", type=Path, metavar="DIR", help="write each system's answers there as JSONL")
    arguments = parser.parse_args()
    pipeline = Pipeline.open(Settings.load({"index": arguments.index}))
    library = Library.of(pipeline.index)
    sets = case_sets(None, ALL, library)
    with progress_bar() as progress:
        systems: dict[str, System] = {
            "citeback": pipeline,
            "bm25": Bm25Sentence(library),
            "minilm": MiniLmSentence(library, pipeline.encoder, progress),
            "langchain": Tutorial(library, pipeline.encoder, progress),
        }
        answers = {
            name: ask(sets, system, lambda _, done, total, name=name: progress(NAMES[name], done, total)).answers  # type: ignore[misc]
            for name, system in systems.items()
        }
    if arguments.answers:
        write_answers(arguments.answers, answers)
    rows = with_thresholds(answers, sets[0], library)
    sys.stdout.write("\n\n".join(table(one, rows, library) for one in sets) + "\n")


def with_thresholds(answers: Mapping[str, Answers], dev: CaseSet, library: Library) -> dict[str, Answers]:
    """Every system under its name, and each baseline once more, declining below the threshold chosen on dev."""
    rows = {NAMES[name]: held for name, held in answers.items()}
    for name, held in answers.items():
        if name != "citeback":
            threshold = best_threshold(dev.cases, held, library)
            lower = {id_: declining_below(answer, threshold) for id_, answer in held.items()}
            rows[f"{NAMES[name]}, declining below {threshold:.2f}"] = lower
    return rows


def best_threshold(cases: Sequence[Case], answers: Answers, library: Library) -> float:
    """The confidence, to two places, below which declining gives the best utility on these cases."""
    scores = score_all(cases, answers, library)

    def utility(threshold: float) -> float:
        char_f1 = [(one.char_f1 or 0.0) * (one.confidence >= threshold) for one in scores if one.answerable]
        declined = [not one.answered or one.confidence < threshold for one in scores if not one.answerable]
        return sum(char_f1) / len(char_f1) + sum(declined) / len(declined)

    return max((round(step / 50, 2) for step in range(50)), key=utility)


def table(one: CaseSet, rows: Mapping[str, Answers], library: Library) -> str:
    """A Markdown table of one part: a row a system, each figure with its 95 % interval."""
    head = [f"{one.name} ({len(one.cases)} questions)", *(TITLES[name] for name in FIGURES)]
    lines = [head, ["---"] * len(head)]
    for system, answers in rows.items():
        figures = summary(score_all(one.cases, answers, library), FIGURES)
        lines.append([system, *(_cell(figures[name]) for name in FIGURES)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_answers(folder: Path, answers: Mapping[str, Answers]) -> None:
    """A JSONL file for each system."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, held in answers.items():
        lines = (to_json({"id": id_, **answer.to_json()}) + "\n" for id_, answer in held.items())
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8", newline="\n")


def _cell(figure: Estimate) -> str:
    if figure.value is None:
        return "–"
    interval = "" if figure.low is None or figure.high is None else f" ({figure.low:.2f}–{figure.high:.2f})"
    return f"{figure.value:.2f}{interval}"


if __name__ == "__main__":
    main()
