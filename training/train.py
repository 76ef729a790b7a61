"""Trains the reader for a given time and keeps its weights.

    python -m training.train --data DIR --out DIR --minutes 60

The rate rises, then falls to nothing when the minutes end, so a slower machine trains less but ends as calmly. Uses a
GPU if there is one; without one, single-threaded workers share each batch and average their gradients: on busy
cores that loses far less than threads waiting for each other. Nothing is written outside ``--out``.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.multiprocessing.spawn import spawn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.articles import own
from training.asked import asked
from training.data import YES, Item, fold_of, held_out, load
from training.everyday import everyday
from training.examples import Example, Pieces, arrays, context, example
from training.losses import losses
from training.model import ReaderNet, from_minilm, loaded
from training.mpnet import from_mpnet
from training.neighbours import neighbours
from training.teach import Teachers
from training.windows import Stream

BATCH = 32
WARM = 0.04
PART = 8  # windows padded together; on a GPU all of a batch
DRAWING = 3  # processes that draw windows for a GPU
NOTED = 16  # updates between two looks at the losses, which a GPU has to wait for
CHECKED = {"squad": 0.1, "clapnq": 0.5, "covid": 0.1, "asked": 0.2, "own": 0.1}  # share of the held-out questions
BOTH_KINDS = "French_and_Indian_War"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command line asked for."""

    data: Path
    out: Path
    minutes: float
    rate: float
    last: float
    frozen: int
    seed: int
    workers: int
    batch: int
    start: Path | None
    deep: Path | None
    fold: int | None
    teachers: list[Path]

    def beginning(self) -> ReaderNet:
        """The network as the run finds it."""
        if self.start:
            return loaded(self.start)
        return from_mpnet(self.deep) if self.deep else from_minilm()

    def progress(self, began: float) -> float:
        """How much of the time is over, of 1."""
        return (time.monotonic() - began) / (60 * self.minutes)

    def learns(self, item: Item) -> bool:
        """Whether the run may learn from an item."""
        return not held_out(item) and (self.fold is None or fold_of(item.passage.document) != self.fold)


def tensors(groups: list[list[Example]], part: int = PART) -> list[dict[str, Tensor]]:
    """A batch, in parts of like length."""
    rows = sorted(((e, g) for g, group in enumerate(groups) for e in group), key=lambda row: len(row[0].layout.ids))
    parts = [rows[at : at + part] for at in range(0, len(rows), part)]
    made = [arrays([e for e, _ in part], [g for _, g in part]) for part in parts]
    return [{name: torch.from_numpy(array) for name, array in one.items()} for one in made]


class Batches(IterableDataset[list[dict[str, Tensor]]]):
    """Batches without end, drawn where they are used or in processes of their own, which know the time themselves."""

    def __init__(self, items: list[Item], plan: Plan, rank: int, began: float, part: int) -> None:
        self._items, self._plan, self._rank, self._began, self._part = items, plan, rank, began, part

    def __iter__(self) -> Iterator[list[dict[str, Tensor]]]:
        process = get_worker_info()
        stream = Stream(self._items, self._plan.seed + 1000 * self._rank + 100 * (process.id if process else 0))
        for groups in stream.batches(self._plan.batch // self._plan.workers):
            stream.late = min(self._plan.progress(self._began), 1.0)
            yield tensors(groups, self._part)


Development = list[tuple[Item, list[Example]]]


def development(items: list[Item], pieces: Pieces) -> Development:
    """Held-out questions beside their own passage and the nearest others, a bounded number from each set."""
    rng = np.random.default_rng(0)
    chosen = [i for i in items if held_out(i) and i.source in CHECKED]
    chosen = [i for i in chosen if sum(len(pieces.ids(s)) for s in i.passage.sentences) < 400]
    chosen = [i for i in chosen if rng.random() < CHECKED[i.source]]
    found = []
    for item in chosen:
        beside = [replace(item, passage=p, labels=(0,) * len(p.sentences), span=None) for p in item.near[:3]]
        found.append((item, [example(pieces, i, context(i.passage, _heading(i))) for i in (item, *beside)]))
    return found


def _heading(item: Item) -> str:
    return item.passage.section if item.source in ("asked", "own") else ""


def check(net: ReaderNet, dev: Development, device: torch.device) -> dict[str, float]:
    """First sentence right and AUROC of declining among the item's windows: quick, for watching."""
    rows = sorted(((e, n) for n, (_, es) in enumerate(dev) for e in es), key=lambda row: len(row[0].layout.ids))
    window, best, right = np.full(len(dev), -99.0), np.full(len(dev), -99.0), np.zeros(len(dev))
    with torch.no_grad():
        for at in range(0, len(rows), 16):
            some = rows[at : at + 16]
            made = arrays([e for e, _ in some], [n for _, n in some])
            batch = {name: torch.from_numpy(array).to(device) for name, array in made.items()}
            slots = torch.arange(batch["labels"].shape[1], device=device)
            answer, sentences = net(batch["ids"], batch["kinds"], batch["owners"], slots)
            for (e, n), a, s in zip(some, answer.tolist(), sentences.tolist(), strict=True):
                top = int(np.argmax(s[: len(e.labels)]))
                window[n] = max(window[n], a)
                if s[top] > best[n]:
                    best[n], right[n] = s[top], e.labels[top] == YES
    return _figures([item for item, _ in dev], window, best, right)


def _figures(items: list[Item], window: np.ndarray, best: np.ndarray, right: np.ndarray) -> dict[str, float]:
    figures: dict[str, float] = {}
    for source in CHECKED:
        mine = np.array([i.source == source for i in items])
        yes = np.array([i.answerable for i in items])
        if not mine.any():
            continue
        figures[f"{source} first"] = float(right[mine & yes].mean())
        if source == "squad":  # only the article that has both kinds: the other one's title would give it away
            mine &= np.array([i.passage.document == BOTH_KINDS for i in items])
        if source != "covid":
            figures[f"{source} auroc window"] = float(roc_auc_score(yes[mine], window[mine]))
            figures[f"{source} auroc best"] = float(roc_auc_score(yes[mine], best[mine]))
    return {name: round(value, 3) for name, value in figures.items()}


class Trainer:
    """Layers in fast numbers for the passes, a single-precision copy for the updates."""

    def __init__(self, net: ReaderNet, rate: float, last: float, device: torch.device) -> None:
        self.device, self.last = device, last
        self.master = net.to(device)
        self.fast = copy.deepcopy(net).to_fast()
        self.pairs = [(p, q) for p, q in zip(net.parameters(), self.fast.parameters(), strict=True) if p.requires_grad]
        heads = {id(p) for part in net.small_heads for p in part.parameters()}
        body = [p for p, _ in self.pairs if id(p) not in heads]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in body if p.dim() > 1], "peak": rate, "weight_decay": 0.01},
                {"params": [p for p in body if p.dim() == 1], "peak": rate, "weight_decay": 0.0},
                {"params": [p for p, _ in self.pairs if id(p) in heads], "peak": 5 * rate, "weight_decay": 0.0},
            ],
            betas=(0.9, 0.98),
        )

    def update(self, progress: float) -> float:
        """One step of the optimiser at this point of the schedule; the point is agreed between the workers."""
        flat = torch.cat(
            [*(_gradient(fast).flatten() for _, fast in self.pairs), torch.tensor([progress], device=self.device)]
        )
        if dist.is_initialized():
            dist.all_reduce(flat)
            flat /= dist.get_world_size()
        progress, at = float(flat[-1]), 0
        for master, fast in self.pairs:
            master.grad = flat[at : at + master.numel()].view_as(master)
            at += master.numel()
            fast.grad = None
        share = min(progress / WARM, 1 - (1 - self.last) * (progress - WARM) / (1 - WARM))
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * max(share, 0.0)
        torch.nn.utils.clip_grad_norm_([p for p, _ in self.pairs], 1.0)
        self.optimizer.step()
        with torch.no_grad():
            for master, fast in self.pairs:
                fast.copy_(master)
        return progress


def _gradient(weight: Tensor) -> Tensor:
    return (torch.zeros_like(weight) if weight.grad is None else weight.grad).float()


def train(rank: int, plan: Plan) -> None:
    """One worker's run; the first says how it goes and keeps the weights."""
    torch.manual_seed(plan.seed + rank)
    gpu = torch.cuda.is_available()
    device = torch.device("cuda" if gpu else "cpu")
    if not gpu:
        torch.set_num_threads(1)
    if plan.workers > 1:
        dist.init_process_group("gloo", f"file://{plan.out}/meeting", rank=rank, world_size=plan.workers)
    items = [*load(plan.data), *asked(plan.data), *own(), *everyday(plan.data)]
    items += neighbours([item for item in items if not held_out(item)])
    net = plan.beginning()
    net.freeze(plan.frozen)
    trainer = Trainer(net, plan.rate, plan.last, device)
    teachers = Teachers(plan.teachers, device) if plan.teachers else None
    journal = Journal(plan, development(items, Pieces()), device) if rank == 0 else None
    began, progress = time.monotonic(), 0.0
    drawn = Batches([i for i in items if plan.learns(i)], plan, rank, began, plan.batch if gpu else PART)
    for batch in DataLoader(drawn, batch_size=None, num_workers=DRAWING if gpu else 0):
        if progress >= 1:
            break
        trainer.fast.drop = 0.1
        parts = [{name: array.to(device) for name, array in part.items()} for part in batch]
        found = losses(trainer.fast, [teachers.tell(part) for part in parts] if teachers else parts)
        torch.stack(list(found.values())).sum().backward()  # type: ignore[no-untyped-call]
        progress = trainer.update(plan.progress(began))
        if journal:
            journal.note(progress, found, trainer)
    if journal:
        journal.keep(trainer)


class Journal:
    """The log of a run, its checks and its weights, in the run's folder."""

    def __init__(self, plan: Plan, dev: Development, device: torch.device) -> None:
        self._plan, self._dev, self._device = plan, dev, device
        self._updates, self._said, self._checked = 0, 0.0, 0.0
        self._means: dict[str, float] = {}

    def note(self, progress: float, parts: dict[str, Tensor], trainer: Trainer) -> None:
        """Counts an update; says where things stand each minute, and checks the model each third of the run."""
        self._updates += 1
        if self._updates % NOTED == 1:
            for name, part in parts.items():
                self._means[name] = 0.9 * self._means.get(name, part.item()) + 0.1 * part.item()
        if progress - self._said > 1 / self._plan.minutes:
            self._said = progress
            means = {name: round(mean, 3) for name, mean in self._means.items()}
            self._say(
                {
                    "minutes": round(progress * self._plan.minutes, 1),
                    "windows": self._updates * self._plan.batch,
                    **means,
                }
            )
        if progress - self._checked > 0.33:
            self._checked = progress
            self.keep(trainer)

    def keep(self, trainer: Trainer) -> None:
        """Checks the model on the development questions and writes its weights."""
        trainer.fast.drop = 0.0
        self._say({"development": check(trainer.fast, self._dev, self._device)})
        torch.save(trainer.master.state_dict(), self._plan.out / "reader.pt")

    def _say(self, line: dict[str, object]) -> None:
        with (self._plan.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--last", type=float, default=0.0, help="share of the rate that is left at the end")
    parser.add_argument("--frozen", type=int, default=0, help="how many of the lowest layers stay as they are")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1 if torch.cuda.is_available() else 2)
    parser.add_argument("--batch", type=int, default=BATCH, help="windows to an update")
    parser.add_argument("--fold", type=int, help="a fold of the documents to leave out, for a teacher")
    parser.add_argument("--teachers", type=Path, nargs="+", default=[], help="weights of the teachers, in fold order")
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--start", type=Path, help="weights to go on from, instead of MiniLM's")
    begin.add_argument("--deep", type=Path, help="MPNet's weights, to train a teacher from")
    plan = Plan(**vars(parser.parse_args()))
    plan.out.mkdir(parents=True, exist_ok=True)
    (plan.out / "meeting").unlink(missing_ok=True)
    if plan.workers == 1:
        train(0, plan)
    else:
        spawn(train, (plan,), nprocs=plan.workers)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
