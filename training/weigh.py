"""Fits the two logistic lines of ``rag/weigh.py`` and prints them as the constants to put there.

    python -m training.weigh --data DIR [--index INDEX]

Uses two sets, each counting the same in all: the part of the shipped questions that is there to be looked at, over an
index of the shipped articles, and our questions over the MedQuAD documents that the reader was not trained on. Their
articles are unlike (one names its subject in each sentence, the other does not), so no line can lean on one habit. A
sentence answers if it may be cited; a question is covered if it is answerable.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from eval.cases import load_cases, shipped
from eval.spans import Span, shares_half
from ingest.build import ingest
from rag.candidates import Candidate, Features, candidates, offered
from rag.encoder import Encoder, Runtime, open_encoder
from rag.index import Index
from rag.reader import Reader, load_reader
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.weigh import Line, summit
from training.asked import FILE, Document, numbered
from training.data import Item, Passage, held_out


@dataclass(frozen=True, slots=True)
class Question:
    """A question over an index and every place that may be cited for it; none if the articles do not answer."""

    text: str
    places: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A question and every candidate for it."""

    question: Question
    candidates: tuple[Candidate, ...]


def main() -> None:
    """Prints the lines, with the reader and without."""
    parser = argparse.ArgumentParser(prog="python -m training.weigh", description="Fits the lines of rag/weigh.py.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--index", default=Settings().index)
    arguments = parser.parse_args()
    encoder = open_encoder()
    with tempfile.TemporaryDirectory() as folder:
        sets = [_shipped(arguments.index), _asked(arguments.data, Path(folder))]
        for suffix, reader in (("", load_reader()), ("_UNREAD", None)):
            seen = [_seen(questions, index, encoder, reader) for questions, index in sets]
            answers = _fitted([[(c.features, _may(c, one)) for one in part for c in one.candidates] for part in seen])
            covered = _fitted(
                [[(summit(one.candidates, answers), bool(one.question.places)) for one in part] for part in seen]
            )
            for name, line in (("ANSWERS", answers), ("COVERED", covered)):
                values = ", ".join(f"{value:.3f}" for value in astuple(line))
                sys.stdout.write(f"{name}{suffix} = Line({values})\n")


def _shipped(folder: str) -> tuple[list[Question], Index]:
    index = Index.open(Path(folder))
    cases = load_cases(shipped("dev"), index.article)
    return [Question(case.question, case.accepted) for case in cases], index


def _asked(data: Path, folder: Path) -> tuple[list[Question], Index]:
    """Our questions over the held-out documents, which become articles of an index of their own."""
    documents = {key: document for key, document in numbered(data).items() if _is_held_out(key[0])}
    ids = {key: f"document-{number}" for number, key in enumerate(documents)}
    rows = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    wanted = {(row["url"], row["focus"]) for row in rows} & set(documents)
    (folder / "articles").mkdir()
    for key in wanted:
        (folder / "articles" / f"{ids[key]}.md").write_text(_markdown(key[1], documents[key]), "utf-8")
    settings = Settings(index=str(folder / "index"), ingest_runtime=Runtime.LIGHT)
    ingest([folder / "articles"], settings)
    index = Index.open(Path(settings.index))
    asked = [(row, (row["url"], row["focus"])) for row in rows]
    questions = [
        Question(row["question"], tuple(_places(row, documents[key], ids[key], index)))
        for row, key in asked
        if key in wanted
    ]
    return questions, index


def _is_held_out(url: str) -> bool:
    return held_out(Item("asked", "", Passage("asked:" + url, "", "", ()), ()))


def _markdown(title: str, document: Document) -> str:
    sections = "".join(f"## {heading}\n\n{' '.join(sentences)}\n\n" for heading, sentences in document)
    return f"# {title}\n\n{sections}"


def _places(row: dict[str, list[list[int]]], document: Document, article_id: str, index: Index) -> Iterator[Span]:
    article = index.article(article_id)
    sentences = [sentence for _, section in document for sentence in section]
    for number in [number for fact in row["sentences"] for number in fact]:
        start = article.text.find(sentences[number]) if article else -1
        if start >= 0:
            yield Span(article_id, start, start + len(sentences[number]))


def _seen(questions: Sequence[Question], index: Index, encoder: Encoder, reader: Reader | None) -> list[Seen]:
    found: list[Seen] = []
    for question in questions:
        evidence = retrieve(question.text, index, encoder, Settings().k)
        near = offered(evidence, index)
        if held := candidates(evidence, index, near, reader):
            found.append(Seen(question, tuple(held)))
    return found


def _may(candidate: Candidate, seen: Seen) -> bool:
    sentence = candidate.sentence
    place = Span(sentence.article_id, sentence.start, sentence.end)
    return any(shares_half(place, gold) for gold in seen.question.places)


def _fitted(parts: Sequence[Sequence[tuple[Features, bool]]]) -> Line:
    """Logistic regression, each part weighing as much as any other."""
    values = np.array([[value or 0.0 for value in astuple(features)] for part in parts for features, _ in part])
    labels = [label for part in parts for _, label in part]
    weights = [len(labels) / len(parts) / len(part) for part in parts for _ in part]
    model = LogisticRegression(max_iter=1000).fit(values, labels, sample_weight=weights)
    return Line(float(model.intercept_[0]), *(float(weight) for weight in model.coef_[0]))


if __name__ == "__main__":
    main()
