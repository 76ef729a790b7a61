"""Learns the layer of ``rag/asking.py`` from our own questions over our own articles.

    python -m training.asking --out DIR

The layer is taught by contrast: a question's turned vector beside every sentence and passage of its article and a few
of other articles, those that answer against all. Only the question's side moves (a linear adapter on a frozen encoder),
so an index need not be made again. Prints how it does on articles held out, which teach nothing, writes the file and
prints the hash to pin.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everyone knows

from eval.spans import Span, shares_half
from rag.asking import FILE, Asking
from rag.encoder import Encoder, Vectors, open_encoder
from rag.index import Index
from training.articles import Library, libraries
from training.data import held_out
from training.sets import HeldOut, named

RANK = 64
EPOCHS = 12
AT_ONCE = 128
RATE = 2e-3
SHARPNESS = 20.0  # what cosines are multiplied by before they compete
STILLNESS = 0.02  # how dearly the layer pays for moving anything
ELSEWHERE = 0.02  # the share of other articles' rows that compete too
REACH = 0.4  # how much of the learned way a question is moved: all of it is too far over articles unlike ours


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors of sentences or passages, the article of each, and for each question the rows that answer it."""

    vectors: Tensor
    articles: Tensor
    answering: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Every answerable question: its vector, its article, whether that is held out; and what is to be found for it."""

    vectors: Tensor
    articles: Tensor
    held: NDArray[np.bool_]
    rows: tuple[Rows, Rows]


def lesson(found: Sequence[Library], index: Index, encoder: Encoder) -> Lesson:
    """The questions of the articles over their index."""
    number = {one.article.id: at for at, one in enumerate(found)}
    asked = [(one, row) for one in found for row in one.asked if row.facts]
    sentences = index.all_sentences()
    passages = [one for _, one in sorted(index.passages(range(index.manifest["counts"]["passages"])).items())]
    by_article: dict[str, list[int]] = {}
    for one in sentences:
        by_article.setdefault(one.article_id, []).append(one.id)
    homes: dict[int, list[int]] = {}
    for at, passage in enumerate(passages):
        for held in passage.sentences:
            homes.setdefault(held, []).append(at)

    def answering(one: Library, places: Sequence[tuple[int, int]]) -> tuple[int, ...]:
        spans = [Span(one.article.id, *place) for place in places]
        own = ((n, Span(one.article.id, sentences[n].start, sentences[n].end)) for n in by_article[one.article.id])
        return tuple(n for n, span in own if any(shares_half(span, gold) for gold in spans))

    gold = [answering(one, row.gold) for one, row in asked]
    rows = (
        Rows(
            torch.tensor(index.sentence_vectors(range(len(sentences)))),
            torch.tensor([number[one.article_id] for one in sentences]),
            tuple(gold),
        ),
        Rows(
            torch.tensor(index.passage_vectors(range(len(passages)))),
            torch.tensor([number[one.article_id] for one in passages]),
            tuple(tuple(sorted({home for n in one for home in homes[n]})) for one in gold),
        ),
    )
    return Lesson(
        torch.tensor(np.concatenate([encoder.encode([row.question]) for _, row in asked])),
        torch.tensor([number[one.article.id] for one, _ in asked]),
        np.array([held_out(named("own", one.article.id)) for one, _ in asked]),
        rows,
    )


def layer(taught: Lesson, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    """The two halves of the low-rank layer, learned from the chosen questions."""
    generator = torch.Generator().manual_seed(0)
    size = taught.vectors.shape[1]
    down = (torch.randn(size, RANK, generator=generator) * RATE * 10).requires_grad_()
    up = torch.zeros(RANK, size, requires_grad=True)
    optimizer = torch.optim.Adam([down, up])
    for epoch in range(EPOCHS):
        optimizer.param_groups[0]["lr"] = RATE * (1 - epoch / EPOCHS)
        order = torch.tensor(chosen)[torch.randperm(len(chosen), generator=generator)]
        for some in torch.split(order, AT_ONCE):
            asked = turned(taught.vectors[some], down, up)
            told = [_contrast(asked, some, taught.articles[some], rows, generator) for rows in taught.rows]
            loss = torch.stack(told).sum() + STILLNESS * (down @ up).square().sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return down.detach(), up.detach()


def turned(vectors: Tensor, down: Tensor, up: Tensor) -> Tensor:
    """What ``Asking.turned`` does, for many at once."""
    return F.normalize(vectors + vectors @ down @ up, dim=-1)


def _contrast(asked: Tensor, some: Tensor, articles: Tensor, rows: Rows, generator: torch.Generator) -> Tensor:
    """Minus the log of the share that the rows that answer have among all that compete."""
    scores = SHARPNESS * asked @ rows.vectors.T
    compete = (rows.articles[None, :] == articles[:, None]) | (
        torch.rand(scores.shape, generator=generator) < ELSEWHERE
    )
    answer = torch.zeros_like(scores, dtype=torch.bool)
    for at, question in enumerate(some.tolist()):
        answer[at, list(rows.answering[question])] = True
    all_of_them = scores.masked_fill(~compete, -torch.inf).logsumexp(1)
    return (all_of_them - scores.masked_fill(~answer, -torch.inf).logsumexp(1)).mean()


def first_found(taught: Lesson, vectors: Vectors, chosen: NDArray[np.int64]) -> float:
    """The mean reciprocal rank of the first sentence that answers, among those of its article."""
    rows, total = taught.rows[0], 0.0
    for vector, question in zip(vectors, chosen, strict=True):
        own = torch.nonzero(rows.articles == taught.articles[question])[:, 0].numpy()
        order = own[np.argsort(-(rows.vectors[own].numpy() @ vector), kind="stable")]
        total += 1 / (1 + int(np.flatnonzero(np.isin(order, rows.answering[question]))[0]))
    return total / len(chosen)


def learned(taught: Lesson) -> Asking:
    """From the articles that are not held out: the lines of ``rag/weigh.py`` are fitted on those that are."""
    down, up = layer(taught, np.flatnonzero(~taught.held))
    return Asking(down.numpy(), (REACH * up).numpy())


def judged(taught: Lesson, asking: Asking) -> str:
    """How it does on the articles held out."""
    kept = np.flatnonzero(taught.held)
    before = taught.vectors[kept].numpy()
    after = np.array([asking.turned(one) for one in before])
    ranks = [first_found(taught, one, kept) for one in (before, after)]
    return f"held out, n={len(kept)}: MRR {ranks[0]:.3f} as asked, {ranks[1]:.3f} turned"


def main() -> None:
    """Learns, says how well, and writes."""
    parser = argparse.ArgumentParser(prog="python -m training.asking", description="Learns the layer of rag/asking.py.")
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    torch.set_num_threads(1)
    encoder, found = open_encoder(), libraries()
    articles = HeldOut("own", {one.article.id: one.article.text for one in found}, ())
    with tempfile.TemporaryDirectory() as temporary:
        taught = lesson(found, articles.indexed(Path(temporary)), encoder)
    asking = learned(taught)
    sys.stdout.write(judged(taught, asking) + "\n")
    write(out / FILE, asking, encoder.model.digest)
    sys.stdout.write(f"{FILE}: {hashlib.sha256((out / FILE).read_bytes()).hexdigest()}\n")


def write(path: Path, asking: Asking, digest: str) -> None:
    """The shipped file, in half precision."""
    np.savez(path, encoder=digest, down=asking.down.astype(np.float16), up=asking.up.astype(np.float16))


if __name__ == "__main__":
    main()
