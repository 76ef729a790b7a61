"""Fits the two logistic lines of ``rag/weigh.py`` and prints them as the constants to put there.

    python -m training.weigh --data DIR [--index INDEX]

Uses unlike sets, each counting the same in all: the part of the shipped questions that is there to be looked at, over
an index of the shipped articles, and questions over documents that the reader was not trained on (``sets``). Their
articles are unlike (some name their subject in each sentence, some do not), so no line can lean on one habit. A
sentence answers if it may be cited; a question is covered if it is answerable. For each set, lines fitted on the
others only are tried on it, so that what is printed about them is no flattery; the strangers are asked over two of
the sets and stay in every fit. Twins and searches are only tried: who asks a site does not take pains to mislead it.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score, roc_curve
from torch import Tensor

from eval.cases import load_cases, shipped
from eval.spans import Span, shares_half
from rag.candidates import Candidate, offered
from rag.encoder import Encoder, open_encoder
from rag.index import Index
from rag.pipeline import open_asking
from rag.reader import Reader, load_reader
from rag.reading import read
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.weigh import Line, Summit, summit
from training.sets import SEARCHES, TWINS, Question, asked, encyclopaedia, own, searches, twins, web_questions

LIMIT = 300
FILE = Path(__file__).parent / "strangers.txt"
NEAR = ("cosine", "passage", "own", "rank")
ONLY_TRIED = (TWINS, SEARCHES)

Library = tuple[Sequence[Question], Index]


@dataclass(frozen=True, slots=True)
class Seen:
    """A question and every candidate for it, with whether it may be cited."""

    question: Question
    candidates: tuple[tuple[Candidate, bool], ...]


def main() -> None:
    """Prints the lines, with the reader and without."""
    parser = argparse.ArgumentParser(prog="python -m training.weigh", description="Fits the lines of rag/weigh.py.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--index", default=Settings().index)
    arguments = parser.parse_args()
    encoder = open_encoder()
    data = arguments.data
    held = [*own(), asked(data), encyclopaedia(data, LIMIT), web_questions(data, LIMIT), *searches(), *twins()]
    with tempfile.TemporaryDirectory() as temporary:
        sets: dict[str, list[Library]] = {"shipped": [_shipped(arguments.index)]}
        for number, one in enumerate(held):
            sets.setdefault(one.name, []).append((one.questions, one.indexed(Path(temporary) / str(number))))
        readers: tuple[tuple[str, Reader | None], ...] = (("", load_reader()), ("_UNREAD", None))
        for suffix, reader in readers:
            seen = {
                name: [one for part in parts for one in seen_of(*part, encoder, reader)] for name, parts in sets.items()
            }
            strange, others_strange = _halves(_strange(sets, encoder, reader))
            for name, part in seen.items():
                others = [other for key, other in seen.items() if key not in (name, *ONLY_TRIED)]
                sys.stdout.write(f"# {name}: {_tried(part, *fitted(others, strange))}\n")
            lines = fitted([part for key, part in seen.items() if key not in ONLY_TRIED], strange)
            sys.stdout.write(f"# strangers that share words, answered: {_answered(others_strange, lines[1]):.3f}\n")
            for name, found in zip(("ANSWERS", "COVERED"), lines, strict=True):
                sys.stdout.write(f"{name}{suffix} = {found}\n")


def _shipped(folder: str) -> Library:
    index = Index.open(Path(folder))
    cases = load_cases(shipped("dev"), index.article)
    facts = [tuple(tuple(gold.span for gold in fact) for fact in case.facts) for case in cases]
    also = [tuple(gold.span for gold in case.also_ok) for case in cases]
    return [Question(c.question, c.kind, f, a) for c, f, a in zip(cases, facts, also, strict=True)], index


def seen_of(questions: Sequence[Question], index: Index, encoder: Encoder, reader: Reader | None) -> list[Seen]:
    """What answering sees of each question before it weighs anything."""
    found: list[Seen] = []
    asking = open_asking(encoder) or encoder
    for question in questions:
        evidence = retrieve(question.text, index, asking, Settings().k)
        held = read(evidence, index, offered(evidence, index), reader)
        if held:
            found.append(Seen(question, tuple((one, _may(one, question)) for one in held)))
    return found


def _may(candidate: Candidate, question: Question) -> bool:
    sentence = candidate.sentence
    place = Span(sentence.article_id, sentence.start, sentence.end)
    return any(shares_half(place, gold) for gold in question.places)


def fitted(sets: Sequence[Sequence[Seen]], strange: Sequence[Seen]) -> tuple[Line, Line]:
    """The line that a sentence answers, and the line that the articles do; for this the strangers are a set more."""
    is_read = sets[0][0].candidates[0][0].features.sentence is not None
    reader = ("sentence", "window") if is_read else ()
    answers = chosen([[one.candidates for one in part] for part in sets], (*NEAR, *reader))
    parts = (*sets, strange)
    summits = [[(summit([c for c, _ in one.candidates]), bool(one.question.facts)) for one in part] for part in parts]
    if is_read:
        return answers, line(summits, ("sentence", "second", "passage"))
    return answers, line(summits, ("cosine", "passage"), in_doubt=0.5)


def chosen(sets: Sequence[Sequence[Sequence[tuple[Candidate, bool]]]], names: Sequence[str]) -> Line:
    """Weights that put a sentence that answers before the others of its question, scaled so that they tell how likely.

    A conditional logit first: what all sentences of a question have in common says nothing about which to choose. Then
    one logistic scale and bias over all sentences.
    """
    asked: list[tuple[Tensor, Tensor, float]] = []
    for part in sets:
        answered = [one for one in part if any(may for _, may in one)]
        asked += [(_matrix(one, names), torch.tensor([may for _, may in one]), 1 / len(answered)) for one in answered]
    weights = torch.zeros(len(names), requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=60)

    def loss() -> float:
        optimizer.zero_grad()
        total = 0.001 * (weights**2).sum()
        for values, may, share in asked:
            scores = values @ weights
            total = total - share * (scores[may].logsumexp(0) - scores.logsumexp(0))
        total.backward()  # type: ignore[no-untyped-call]
        return float(total.detach())

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    found = weights.detach()
    scored = [
        [pair for one in part for pair in zip((_matrix(one, names) @ found).tolist(), (m for _, m in one), strict=True)]
        for part in sets
    ]
    flat = [pair for part in scored for pair in part]
    shares = [len(flat) / len(sets) / len(part) for part in scored for _ in part]
    scale = LogisticRegression(C=1e4).fit(
        [[score] for score, _ in flat], [may for _, may in flat], sample_weight=shares
    )
    slope = float(scale.coef_[0][0])
    by_name = {name: round(slope * float(weight), 3) for name, weight in zip(names, found, strict=True)}
    return Line(round(float(scale.intercept_[0]), 3), by_name)


def _matrix(one: Sequence[tuple[Candidate, bool]], names: Sequence[str]) -> Tensor:
    return torch.tensor([[float(getattr(candidate.features, name)) for name in names] for candidate, _ in one])


def line(parts: Sequence[Sequence[tuple[Summit, bool]]], names: Sequence[str], in_doubt: float | None = None) -> Line:
    """Logistic regression on the features of these names, each part weighing as much as any other.

    Three in four of our questions are answerable, so a line that knows little says yes; ``in_doubt`` is the share of
    answerable ones that it is told of instead.
    """
    values = np.array([[getattr(features, name) for name in names] for part in parts for features, _ in part])
    labels = [label for part in parts for _, label in part]
    weights = [
        len(labels) / len(parts) * weight for part in parts for weight in _shares([y for _, y in part], in_doubt)
    ]
    model = LogisticRegression(max_iter=1000).fit(values, labels, sample_weight=weights)
    weights_of = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return Line(round(float(model.intercept_[0]), 3), weights_of)


def _shares(labels: Sequence[bool], in_doubt: float | None) -> list[float]:
    """What each question of a part weighs, 1 in all."""
    yes = sum(labels)
    if in_doubt is None or yes in (0, len(labels)):
        return [1 / len(labels)] * len(labels)
    return [in_doubt / yes if label else (1 - in_doubt) / (len(labels) - yes) for label in labels]


def _strange(sets: Mapping[str, Sequence[Library]], encoder: Encoder, reader: Reader | None) -> list[Seen]:
    """Questions about something else that share words with articles on health, asked of ours and the shipped ones."""
    questions = [Question(text, "stranger", ()) for text in FILE.read_text("utf-8").splitlines()]
    libraries = [index for name in ("own", "shipped") for _, index in sets[name]]
    return [
        one
        for at, index in enumerate(libraries)
        for one in seen_of(questions[at :: len(libraries)], index, encoder, reader)
    ]


def _halves(seen: Sequence[Seen]) -> tuple[Sequence[Seen], Sequence[Seen]]:
    """One to fit on, one to try on."""
    return seen[::2], seen[1::2]


def _answered(seen: Sequence[Seen], covered: Line) -> float:
    """The share that would be answered with the shipped threshold."""
    return float(np.mean([_sure(one, covered) >= _threshold() for one in seen]))


def _sure(one: Seen, covered: Line) -> float:
    return covered(summit([candidate for candidate, _ in one.candidates]))


def _tried(part: Sequence[Seen], answers: Line, covered: Line) -> str:
    """How lines do on a set they were not fitted on."""
    right = [max(one.candidates, key=lambda pair: answers(pair[0].features))[1] for one in part if one.question.facts]
    truth = [bool(one.question.facts) for one in part]
    sure = [_sure(one, covered) for one in part]
    shipped = balanced_accuracy_score(truth, np.array(sure) >= _threshold())
    wrongly, rightly, _ = roc_curve(truth, sure)
    best = ((rightly + 1 - wrongly) / 2).max()
    return (
        f"best sentence right {np.mean(right):.3f} n={len(right)}, AUROC {roc_auc_score(truth, sure):.3f}, "
        f"balanced accuracy at the shipped threshold {shipped:.3f}, at the best one {best:.3f}"
    )


def _threshold() -> float:
    """The shipped threshold of confidence, as a logit."""
    return math.log(Settings().threshold / (1 - Settings().threshold))


if __name__ == "__main__":
    main()
