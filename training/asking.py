"""Learns the additions of ``rag/asking.py`` from our own questions over our own articles.

    python -m training.asking --out DIR

Low-rank additions to every matrix of the encoder are taught by contrast: a question's vector beside every sentence and
passage of its article and a few of other articles, those that answer against all. Only the question's side moves, so an
index need not be made again. Prints how it does on articles held out, which teach nothing, writes the file and prints
the hash to pin. Half an hour on two cores, most of it for the vectors of the articles.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everyone knows

from eval.spans import Span, shares_half
from rag.asking import FILE, Additions
from rag.encoder import Encoder, Vectors, open_encoder
from rag.index import Index
from training.articles import FOLDER, Library, is_kept, libraries
from training.examples import Pieces
from training.model import ReaderNet, from_minilm
from training.sets import HeldOut

RANK = 16
EPOCHS = 3
AT_ONCE = 96
RATE = 1e-3
WARM = 0.05
SHARPNESS = 20.0  # what cosines are multiplied by before they compete
STILLNESS = 1.0  # how dearly a question pays for each unit of squared distance it is moved
ELSEWHERE = 0.02  # the share of other articles' rows that compete too
REACH = 0.75  # how much of what was learned is added: all of it is too far over articles unlike ours
PIECES = 254  # of a question, at most
CLS, SEP = 101, 102


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors of sentences or passages, the article of each, and for each question the rows that answer it."""

    vectors: Tensor
    articles: Tensor
    answering: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Every question that a quotable sentence answers, and what is to be found for it.

    Of each question its word pieces, its vector as articles are encoded, its article, and whether that is held out.
    """

    pieces: tuple[tuple[int, ...], ...]
    vectors: Tensor
    articles: Tensor
    held: NDArray[np.bool_]
    rows: tuple[Rows, Rows]


def lesson(found: Sequence[Library], index: Index, encoder: Encoder) -> Lesson:
    """The questions of the articles over their index."""
    number = {one.article.id: at for at, one in enumerate(found)}
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

    every = ((one, row, answering(one, row.gold)) for one in found for row in one.asked)
    asked = [(one, row.question, gold) for one, row, gold in every if gold]
    rows = (
        Rows(
            torch.tensor(index.sentence_vectors(range(len(sentences)))),
            torch.tensor([number[one.article_id] for one in sentences]),
            tuple(gold for *_, gold in asked),
        ),
        Rows(
            torch.tensor(index.passage_vectors(range(len(passages)))),
            torch.tensor([number[one.article_id] for one in passages]),
            tuple(tuple(sorted({home for n in gold for home in homes[n]})) for *_, gold in asked),
        ),
    )
    pieces = Pieces()
    return Lesson(
        tuple((CLS, *pieces.fresh(question)[:PIECES], SEP) for _, question, _ in asked),
        torch.tensor(np.concatenate([encoder.encode([question]) for _, question, _ in asked])),
        torch.tensor([number[one.article.id] for one, *_ in asked]),
        np.array([is_kept(one) for one, *_ in asked]),
        rows,
    )


class Added(nn.Module):
    """A matrix that stays as it is, and a low-rank one that is learned beside it."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(base.in_features, RANK) * 0.02)
        self.up = nn.Parameter(torch.zeros(RANK, base.out_features))

    def forward(self, x: Tensor) -> Tensor:
        """Both together."""
        output: Tensor = self.base(x) + (x @ self.down) @ self.up
        return output


def with_additions() -> ReaderNet:
    """MiniLM with an addition to each matrix, nothing else of which learns."""
    torch.manual_seed(0)
    net = from_minilm().requires_grad_(False)
    for layer in net.layers:
        for name in ("qkv", "out", "up", "down"):
            setattr(layer, name, Added(getattr(layer, name)))
    return net


def encoded(net: ReaderNet, pieces: Sequence[Sequence[int]]) -> Tensor:
    """Unit vectors of questions, as the encoder makes them: the mean of the last hidden states."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(one) for one in pieces], batch_first=True)
    hidden, real = net.encode(ids, torch.zeros_like(ids)), (ids != 0)[..., None].float()
    return F.normalize((hidden * real).sum(1) / real.sum(1), dim=-1)


def learned(taught: Lesson) -> ReaderNet:
    """Taught by the articles that are not held out: the lines of ``rag/weigh.py`` are fitted on those that are."""
    net = with_additions()
    chosen = np.flatnonzero(~taught.held)
    generator = torch.Generator().manual_seed(0)
    weights = [weight for weight in net.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(weights)
    batches = [batch for epoch in range(EPOCHS) for batch in _batches(taught, chosen, epoch)]
    for done, batch in enumerate(batches):
        share = done / len(batches)
        optimizer.param_groups[0]["lr"] = RATE * min(share / WARM, (1 - share) / (1 - WARM))
        asked = encoded(net, [taught.pieces[one] for one in batch])
        told = [_contrast(asked, batch, taught.articles[batch], rows, generator) for rows in taught.rows]
        moved = (asked - taught.vectors[batch]).square().sum(1).mean()
        optimizer.zero_grad()
        (torch.stack(told).sum() + STILLNESS * moved).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    return net.eval()


def _batches(taught: Lesson, chosen: NDArray[np.int64], epoch: int) -> Iterator[list[int]]:
    """All the chosen once, those of like length together."""
    rng = np.random.default_rng(epoch)
    order = rng.permutation(chosen)
    stretches = [order[at : at + 8 * AT_ONCE] for at in range(0, len(order), 8 * AT_ONCE)]
    sorted_ones = [sorted(one.tolist(), key=lambda number: len(taught.pieces[number])) for one in stretches]
    parts = [one[at : at + AT_ONCE] for one in sorted_ones for at in range(0, len(one), AT_ONCE)]
    for at in rng.permutation(len(parts)):
        yield parts[at]


def _contrast(asked: Tensor, some: Sequence[int], articles: Tensor, rows: Rows, generator: torch.Generator) -> Tensor:
    """Minus the log of the share that the rows that answer have among all that compete."""
    scores = SHARPNESS * asked @ rows.vectors.T
    compete = (rows.articles[None, :] == articles[:, None]) | (
        torch.rand(scores.shape, generator=generator) < ELSEWHERE
    )
    answer = torch.zeros_like(scores, dtype=torch.bool)
    for at, question in enumerate(some):
        answer[at, list(rows.answering[question])] = True
    all_of_them = scores.masked_fill(~compete, -torch.inf).logsumexp(1)
    return (all_of_them - scores.masked_fill(~answer, -torch.inf).logsumexp(1)).mean()


def additions(net: ReaderNet) -> dict[str, tuple[Vectors, Vectors]]:
    """What was learned, by the encoder's own names of its matrices; the three of attention share what goes down."""
    found: dict[str, tuple[Vectors, Vectors]] = {}
    for number, layer in enumerate(net.layers):
        stem = f"encoder.layer.{number}."
        parts = {
            "qkv": [f"attention.self.{part}" for part in ("query", "key", "value")],
            "out": ["attention.output.dense"],
            "up": ["intermediate.dense"],
            "down": ["output.dense"],
        }
        for name, matrices in parts.items():
            added: Added = getattr(layer, name)
            up = REACH * added.up.detach()
            width = up.shape[1] // len(matrices)
            for at, matrix in enumerate(matrices):
                found[stem + matrix] = added.down.detach().numpy(), up[:, at * width : (at + 1) * width].numpy()
    return found


def first_found(taught: Lesson, vectors: Vectors, chosen: NDArray[np.int64]) -> float:
    """The mean reciprocal rank of the first sentence that answers, among those of its article."""
    rows, total = taught.rows[0], 0.0
    for vector, question in zip(vectors, chosen, strict=True):
        own = torch.nonzero(rows.articles == taught.articles[question])[:, 0].numpy()
        order = own[np.argsort(-(rows.vectors[own].numpy() @ vector), kind="stable")]
        total += 1 / (1 + int(np.flatnonzero(np.isin(order, rows.answering[question]))[0]))
    return total / len(chosen)


def judged(taught: Lesson, net: ReaderNet) -> str:
    """How all of what was learned does on the articles held out."""
    kept = np.flatnonzero(taught.held)
    with torch.no_grad():
        after = torch.cat([encoded(net, [taught.pieces[one]]) for one in kept]).numpy()
    ranks = [first_found(taught, one, kept) for one in (taught.vectors[kept].numpy(), after)]
    return f"held out, n={len(kept)}: MRR {ranks[0]:.3f} encoded as articles are, {ranks[1]:.3f} as questions"


def main() -> None:
    """Learns, says how well, and writes."""
    parser = argparse.ArgumentParser(
        prog="python -m training.asking", description="Learns the additions of rag/asking.py."
    )
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    encoder, found = open_encoder(), libraries(FOLDER)
    articles = HeldOut("own", {one.article.id: one.article.text for one in found}, ())
    with tempfile.TemporaryDirectory() as temporary:
        taught = lesson(found, articles.indexed(Path(temporary)), encoder)
    net = learned(taught)
    sys.stdout.write(judged(taught, net) + "\n")
    write(out / FILE, additions(net), encoder.model.digest)
    sys.stdout.write(f"{FILE}: {hashlib.sha256((out / FILE).read_bytes()).hexdigest()}\n")


def write(path: Path, learned: Additions, digest: str) -> None:
    """The shipped file, in half precision."""
    halves = {
        f"{name}.{half}": array.astype(np.float16)
        for name, both in learned.items()
        for half, array in zip(("down", "up"), both, strict=True)
    }
    np.savez(path, allow_pickle=False, encoder=np.array(digest), **halves)


if __name__ == "__main__":
    main()
