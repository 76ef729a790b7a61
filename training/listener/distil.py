"""Teaches a listener of fewer layers to hear what a deeper one hears, and keeps its weights.

    python -m training.listener.distil --teacher listener.pt --keep 0,1,3,5 --out DIR --rounds 6

The student begins as the kept layers of its teacher and learns what it says of every message (its logits, and the last
hidden states they come from), a little of the labels as well (Hinton et al. 2015; Sun et al. 2019). A teacher needs no
labels: it is also asked about sentences of several messages put together, whatever comes out. Of long posts, longer
than any the teacher learned from, the labels count. Nothing is written outside ``--out``.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everyone knows

from training.listener.messages import Ear, Said, drawn_out, messages, questions, rounds
from training.listener.net import ALARM, EMERGENCY, RULES, ListenerNet, loaded
from training.listener.train import BATCH, CALM_SHARE, WARM, batches, padded, update, word_pieces_of_minilm

RATE = 2e-4
MIXED, DRAWN_OUT = 0.2, 0.5
"""Messages put together of sentences of others, and long posts, to each message in a round."""
MIXTURE = "mixture"
"""The category of such a message; no label goes with it."""
SOFT = 2.0
"""The temperature at which rules are compared."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--keep", default="0,1,3,5", help="the layers of the teacher that the student begins with")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--start", type=Path, help="the weights of a student to go on from")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    teacher, run = loaded(given.teacher)
    student = loaded(given.start)[0] if given.start else teacher.shortened([int(at) for at in given.keep.split(",")])
    ear = Ear(word_pieces_of_minilm(), run["weights"])
    for _ in _rounds(student, teacher, ear, given.rounds, given.rate, random.Random(given.seed)):
        torch.save({**run, "net": student.state_dict()}, given.out / "listener.pt")


def _rounds(
    student: ListenerNet,
    teacher: ListenerNet,
    ear: Ear,
    count: int,
    rate: float,
    rng: random.Random,
) -> Iterator[None]:
    """Layers in fast numbers for the passes, a single-precision copy for the updates; yields after every round."""
    fast, teacher = copy.deepcopy(student).to_fast(), copy.deepcopy(teacher).to_fast()
    pairs = [(p, q) for p, q in zip(student.parameters(), fast.parameters(), strict=True) if p.requires_grad]
    optimizer = torch.optim.AdamW([p for p, _ in pairs], weight_decay=0.01)
    said = messages()
    steps, step, began = 0, 0, time.monotonic()
    for number, draw in zip(range(count), rounds(said, questions(), CALM_SHARE, rng), strict=False):
        draw += [*_mixed(said, int(MIXED * len(said)), rng), *drawn_out(said, int(DRAWN_OUT * len(said)), rng)]
        rng.shuffle(draw)
        steps = steps or count * (len(draw) // BATCH + 1)
        total, seen = 0.0, 0
        for batch in batches(draw, ear, rng):
            share = min(step / (WARM * steps + 1), max(0.0, 1 - step / steps))
            for group in optimizer.param_groups:
                group["lr"] = rate * share
            loss = _loss(fast, teacher, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            update(pairs, optimizer)
            step, seen, total = step + 1, seen + 1, total + loss.item()
            if seen % 100 == 0:
                minutes = (time.monotonic() - began) / 60
                line = f"round {number + 1}, {seen} batches: loss {total / seen:.3f}, {minutes:.1f} minutes\n"
                sys.stdout.write(line)
                sys.stdout.flush()
        yield


def _mixed(said: Sequence[Said], count: int, rng: random.Random) -> Iterator[Said]:
    """Two to five pieces of messages that have nothing to do with each other; what they amount to the teacher says."""
    for _ in range(count):
        pieces = []
        for one in rng.sample(said, rng.choice((2, 3, 3, 4, 5))):
            parts = one.text.replace("\n", ". ").split(". ")
            first = rng.randrange(len(parts))
            pieces.append(". ".join(parts[first : first + rng.choice((1, 1, 2))]))
        yield replace(said[0], text=rng.choice((". ", " ", "\n")).join(pieces), category=MIXTURE)


def _loss(student: ListenerNet, teacher: ListenerNet, batch: Sequence[tuple[list[int], Said]]) -> Tensor:
    """Likeness to the teacher where it knows its way, and the labels where there are any; of long posts, these."""
    ids = padded([pieces for pieces, _ in batch])
    hidden = student.encode(ids)
    said, _ = student.heads(ids, hidden)
    loss = torch.zeros(())
    taught = [at for at, (_, one) in enumerate(batch) if not one.is_long or one.category == MIXTURE]
    if taught:
        loss = loss + _likeness(teacher, ids[taught], hidden[taught], said[taught]) * len(taught) / len(batch)
    labelled = [at for at, (_, one) in enumerate(batch) if one.category != MIXTURE]
    if labelled:
        stops = torch.tensor([float(batch[at][1].stops) for at in labelled])
        trust = torch.tensor([1.0 if batch[at][1].is_long else 0.3 for at in labelled])
        alarm = said[labelled, ALARM]
        wrong = F.binary_cross_entropy_with_logits(alarm, stops * 0.98 + 0.01, trust, reduction="sum")
        loss = loss + wrong / len(batch)
    return loss


def _likeness(teacher: ListenerNet, ids: Tensor, hidden: Tensor, said: Tensor) -> Tensor:
    with torch.no_grad():
        wanted_hidden = teacher.encode(ids)
        wanted, _ = teacher.heads(ids, wanted_hidden)
    real = (ids != 0).float()[..., None]
    loss = (real * (hidden - wanted_hidden) ** 2).sum() / (real.sum() * hidden.shape[-1])
    alarm, wanted_alarm = said[:, ALARM], wanted[:, ALARM]
    loss = loss + F.binary_cross_entropy_with_logits(alarm, wanted_alarm.sigmoid())
    loss = loss + 0.05 * F.smooth_l1_loss(alarm, wanted_alarm.clamp(-8, 8))
    loud = (wanted_alarm.sigmoid() > 0.1).float()
    graver = F.binary_cross_entropy_with_logits(said[:, EMERGENCY], wanted[:, EMERGENCY].sigmoid(), reduction="none")
    known, guessed = (wanted[:, RULES:] / SOFT).softmax(-1), (said[:, RULES:] / SOFT).log_softmax(-1)
    rule = F.kl_div(guessed, known, reduction="none").sum(-1)
    return loss + 0.4 * (loud * (graver + rule)).sum() / loud.sum().clamp(min=1)


if __name__ == "__main__":
    main()
