"""Trains the listener and keeps its weights: a quarter of an hour on one core.

    python -m training.listener.train --out DIR --rounds 4
    python -m training.listener.train --out DIR --rounds 3 --hold a1,a2

With ``--hold`` the messages of these authors are kept out and judged at the end: of those that must stop, how many
alarm above the level that lets a given share of the others pass. Nothing is written outside ``--out``.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the name everyone knows

from rag.red_flags.listener import CLS, SEP
from training.listener.messages import Ear, Said, messages, questions, rounds, rule_names, weighed
from training.listener.net import ALARM, EMERGENCY, RULES, ListenerNet, listener_from_minilm, loaded
from training.model import minilm_folder

BATCH, RATE, WARM = 24, 1.5e-4, 0.06
CALM_SHARE = 0.45
"""Ordinary questions to each message in a round."""
PASSED = (0.90, 0.94, 0.97, 0.98, 0.99)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--hold", default="")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--start", type=Path, help="weights to go on from, instead of MiniLM's")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)  # more threads wait for each other on batches this small
    torch.manual_seed(given.seed)
    held = tuple(filter(None, given.hold.split(",")))
    said = messages()
    learned = [one for one in said if not (held and one.id.startswith(held))]
    rules = rule_names(learned)
    calm = questions()
    ear = Ear(word_pieces_of_minilm(), {})
    ear.weights = weighed(ear, [*learned, *calm])
    net = listener_from_minilm(len(rules))
    if given.start:
        net = loaded(given.start)[0]
    _train(net, learned, calm, rules, ear, given.rounds, given.rate, random.Random(given.seed))
    torch.save({"net": net.state_dict(), "rules": rules, "weights": ear.weights}, given.out / "listener.pt")
    if held:
        sys.stdout.write(figures(net, [one for one in said if one.id.startswith(held)], ear))


def word_pieces_of_minilm() -> Tokenizer:
    """MiniLM's tokenizer, cutting nothing short."""
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _train(
    net: ListenerNet,
    said: Sequence[Said],
    calm: Sequence[Said],
    rules: Sequence[str],
    ear: Ear,
    count: int,
    rate: float,
    rng: random.Random,
) -> None:
    """Layers in fast numbers for the passes, a single-precision copy for the updates."""
    fast = copy.deepcopy(net).to_fast()
    fast.drop = 0.1
    pairs = [(p, q) for p, q in zip(net.parameters(), fast.parameters(), strict=True) if p.requires_grad]
    heads = [*net.mean.parameters(), *net.peak.parameters(), net.start]
    body = [p for p, _ in pairs if all(p is not head for head in heads)]
    optimizer = torch.optim.AdamW([{"params": body, "peak": rate}, {"params": heads, "peak": 8 * rate}])
    steps, step, began = 0, 0, time.monotonic()
    for number, draw in zip(range(count), rounds(said, calm, CALM_SHARE, rng), strict=False):
        steps = steps or count * (len(draw) // BATCH + 1)
        total = 0.0
        for batch in batches(draw, ear, rng):
            share = min(step / (WARM * steps + 1), max(0.0, 1 - step / steps))
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * share
            loss = _loss(fast, batch, rules)
            loss.backward()  # type: ignore[no-untyped-call]
            update(pairs, optimizer)
            step, total = step + 1, total + loss.item()
        minutes = (time.monotonic() - began) / 60
        sys.stdout.write(f"round {number + 1}: loss {total * BATCH / len(draw):.3f}, {minutes:.1f} minutes\n")
        sys.stdout.flush()


def batches(draw: Sequence[Said], ear: Ear, rng: random.Random) -> Iterator[list[tuple[list[int], Said]]]:
    """Batches of messages of like length, in random order."""
    read = [(ids, one) for one in draw if (ids := ear.pieces(one.text))]
    for first in range(0, len(read), BATCH * 20):
        part = sorted(read[first : first + BATCH * 20], key=lambda pair: len(pair[0]))
        order = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        rng.shuffle(order)
        yield from order


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """The pieces of several messages as one table."""
    table = np.zeros((len(rows), max(map(len, rows)) + 2), dtype=np.int64)
    for row, ids in zip(table, rows, strict=True):
        row[: len(ids) + 2] = [CLS, *ids, SEP]
    return torch.from_numpy(table)


def _loss(net: ListenerNet, batch: Sequence[tuple[list[int], Said]], rules: Sequence[str]) -> Tensor:
    """The alarm; and of those that must stop, whether it is an emergency and by which rule."""
    said, _ = net(padded([ids for ids, _ in batch]))
    stops = torch.tensor([float(one.stops) for _, one in batch])
    loss: Tensor = F.binary_cross_entropy_with_logits(said[:, ALARM], stops * 0.98 + 0.01)
    mine = [at for at, (_, one) in enumerate(batch) if one.stops and one.rule in rules]
    if mine:
        emergency = torch.tensor([float(batch[at][1].emergency) for at in mine])
        rule = torch.tensor([rules.index(batch[at][1].rule) for at in mine])
        loss = loss + 0.4 * F.binary_cross_entropy_with_logits(said[mine, EMERGENCY], emergency)
        loss = loss + 0.4 * F.cross_entropy(said[mine, RULES:], rule)
    return loss


def update(pairs: Sequence[tuple[Tensor, Tensor]], optimizer: torch.optim.Optimizer) -> None:
    """One step of the single-precision weights by the gradients of the fast ones, which then follow."""
    for master, fast in pairs:
        master.grad = torch.zeros_like(master) if fast.grad is None else fast.grad.float()
        fast.grad = None
    torch.nn.utils.clip_grad_norm_([master for master, _ in pairs], 1.0)
    optimizer.step()
    with torch.no_grad():
        for master, fast in pairs:
            fast.copy_(master)


def alarms(net: ListenerNet, said: Sequence[Said], ear: Ear) -> NDArray[np.float64]:
    """The alarm of each message, as a logit."""
    found = np.zeros(len(said))
    with torch.no_grad():
        for at, one in enumerate(said):
            found[at] = net(padded([ear.pieces(one.text)]))[0][0, ALARM]
    return found


def figures(net: ListenerNet, said: Sequence[Said], ear: Ear) -> str:
    """How well alarms part the held-out messages that must stop from the others."""
    values, stops = alarms(net, said, ear), np.array([one.stops for one in said])
    lines = [f"held out: {len(said)} messages, AUROC {roc_auc_score(stops, values):.4f}\n"]
    for share in PASSED:
        level = np.quantile(values[~stops], share)
        lines.append(f"  {share:.0%} let through: {(values[stops] > level).mean():.1%} of those that must stop alarm\n")
    return "".join(lines)


if __name__ == "__main__":
    main()
