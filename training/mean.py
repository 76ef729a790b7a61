"""The mean of several readers' weights, each counting as much as is said.

    python -m training.mean --out mean.pt before.pt=1 after.pt=3

Readers that began from the same weights lie close enough for their mean to be a reader too: it keeps most of what a
run taught and gives back most of what it forgot (model soups, Wortsman and others 2022).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor


def mean(readers: Sequence[tuple[dict[str, Tensor], float]]) -> dict[str, Tensor]:
    """Weight by weight the mean of readers, by how much each counts; the sum of that need not be 1."""
    total = sum(share for _, share in readers)
    names = readers[0][0]
    return {name: torch.stack([share / total * state[name] for state, share in readers]).sum(0) for name in names}


def counted(argument: str) -> tuple[Path, float]:
    """``FILE=SHARE`` as a path and a positive number."""
    name, _, share = argument.rpartition("=")
    try:
        number = float(share)
    except ValueError:
        number = 0.0
    if not name or not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{argument!r}: say which file and how much it counts, as in reader.pt=0.5")
    return Path(name), number


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("readers", type=counted, nargs="+", metavar="FILE=SHARE")
    given = parser.parse_args()
    read = [(torch.load(path, weights_only=True), share) for path, share in given.readers]
    torch.save(mean(read), given.out)


if __name__ == "__main__":
    main()
