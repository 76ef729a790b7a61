"""Fits the line that turns what was read and found into a confidence, on the held-out documents of all sets together.

    python -m training.calibrate --data DIR [--weights reader.pt]

Each set, and in it the answerable and the unanswerable, weighs the same, so that no corpus sets the scale. Prints the
constants for ``rag.confidence`` and, for each set, what the one line loses against the best threshold of that set, once
with the set among those fitted on and once without it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from rag.reader import load_reader
from training.measure import DECLINING, Outcome, TorchReader, declining, measure

NAMES = ("SENTENCE", "WINDOW", "COSINE")


def features(outcomes: Sequence[Outcome]) -> np.ndarray:
    """One row for each question: best sentence logit, best window logit, best cosine."""
    return np.array([(o.sentence, o.window, o.cosine) for o in outcomes])


def fit(sets: Sequence[Sequence[Outcome]]) -> LogisticRegression:
    """The line; sets and classes weigh the same."""
    rows, truth, weights = [], [], []
    for some in sets:
        answers = np.array([o.answerable for o in some])
        rows.append(features(some))
        truth.append(answers)
        weights.append(np.where(answers, 0.5 / answers.sum(), 0.5 / (~answers).sum()) * 300)
    model = LogisticRegression(C=10)
    return model.fit(np.concatenate(rows), np.concatenate(truth), np.concatenate(weights))


def loss(model: LogisticRegression, some: Sequence[Outcome]) -> tuple[float, float, float]:
    """AUROC, utility at 0.5, and the utility of the set's own best threshold; a right first sentence counts 1."""
    scores = model.predict_proba(features(some))[:, 1]
    truth, right = np.array([o.answerable for o in some]), np.array([o.right for o in some])

    def utility(threshold: float) -> float:
        given = scores >= threshold
        return float(0.5 * (given & right)[truth].mean() + 0.5 * (~given)[~truth].mean())

    return float(roc_auc_score(truth, scores)), utility(0.5), max(map(utility, np.unique(scores)))


def report(outcomes: Sequence[Outcome]) -> str:
    """The constants and the figures."""
    sets = {name: declining(outcomes, name) for name in DECLINING}
    model = fit(list(sets.values()))
    values = [*model.coef_[0], model.intercept_[0]]
    lines = [f"{name} = {value:.3f}" for name, value in zip((*NAMES, "BIAS"), values, strict=True)]
    for name, some in sets.items():
        without = fit([other for other_name, other in sets.items() if other_name != name])
        auroc, ours, best = loss(model, some)
        _, carried, best_carried = loss(without, some)
        lines.append(
            f"{name}: AUROC {auroc:.3f}, utility {ours:.3f}, best threshold {best:.3f}, loss {best - ours:.3f}; "
            f"fitted without this set: loss {best_carried - carried:.3f}; n={len(some)}"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="a training run's reader.pt; else the shipped model")
    parser.add_argument("--limit", type=int, default=400, help="most questions in a room")
    given = parser.parse_args()
    torch.set_num_threads(1)
    reader = TorchReader(given.weights) if given.weights else load_reader()
    sys.stdout.write(report(measure(reader, given.data, given.limit)) + "\n")


if __name__ == "__main__":
    main()
