"""The mean of several readers: each counts as much as was said, and what was said wrongly is refused."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
import torch

from training.mean import counted, mean


def test_each_reader_counts_as_much_as_is_said() -> None:
    before, after = {"a": torch.tensor([0.0, 4.0])}, {"a": torch.tensor([4.0, 0.0])}

    assert mean([(before, 1), (after, 3)])["a"].tolist() == [3.0, 1.0]


def test_a_reader_alone_stays_as_it_is() -> None:
    alone = {"a": torch.tensor([0.5, -2.0]), "b": torch.tensor([[1.0]])}

    found = mean([(alone, 0.25)])

    assert found.keys() == alone.keys()
    assert all(torch.equal(found[name], alone[name]) for name in alone)


@pytest.mark.parametrize(
    ("argument", "read"),
    [("after.pt=3", (Path("after.pt"), 3.0)), ("run=1/after.pt=0.5", (Path("run=1/after.pt"), 0.5))],
)
def test_a_file_and_its_share_are_read(argument: str, read: tuple[Path, float]) -> None:
    assert counted(argument) == read


@pytest.mark.parametrize(
    "argument", ["after.pt", "after.pt=", "after.pt=much", "after.pt=0", "after.pt=-1", "after.pt=nan", "=1"]
)
def test_a_share_that_is_none_is_refused(argument: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="how much it counts"):
        counted(argument)
