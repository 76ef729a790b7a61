"""Before eight bits a product is split: the inputs that swing widest go beside the rest, and nothing else changes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from training.data import NO, YES, Item, Passage
from training.model import ReaderNet, from_minilm
from training.outliers import WIDE, Split, split, swings

ITEMS = [
    Item(
        "own",
        "What eases it?",
        Passage("a", "Sciatica", "Help", ("Walking eases it.", "Bed rest does not.")),
        (YES, NO),
    ),
    Item("own", "Where is it felt?", Passage("b", "Hip", "", ("The groin hurts most.",)), (YES,)),
]
SPLIT = [f"layers.{layer}.{product}" for layer in range(6) for product in WIDE]


@pytest.fixture(scope="module")
def net() -> ReaderNet:
    torch.manual_seed(1)
    return from_minilm().eval()


def test_a_split_product_is_the_product() -> None:
    whole, given = nn.Linear(6, 4), torch.randn(3, 6)

    parts = Split(whole, torch.tensor([1, 4]))

    assert torch.allclose(parts(given), whole(given), atol=1e-6)


def test_the_rest_knows_nothing_of_the_widest_inputs() -> None:
    parts = Split(nn.Linear(6, 4), torch.tensor([1, 4]))
    quiet, loud = torch.ones(1, 6), torch.tensor([[1.0, 900.0, 1.0, 1.0, 900.0, 1.0]])

    seen = [parts.rest(given * parts.get_buffer("kept")) for given in (quiet, loud)]

    assert torch.equal(*seen)


def test_the_widest_inputs_are_split_off(net: ReaderNet) -> None:
    sizes = swings(net, ITEMS)

    halves = split(from_minilm().eval(), ITEMS)

    assert sorted(sizes) == sorted(SPLIT)
    for name, size in sizes.items():
        part = halves.get_submodule(name)
        assert isinstance(part, Split)
        wide = part.get_buffer("wide")
        assert len(wide) == WIDE[name.rsplit(".", 1)[1]]
        assert size[wide].min() >= size[part.get_buffer("kept") == 1].max()


def test_some_inputs_of_minilm_swing_far_wider_than_most(net: ReaderNet) -> None:
    size = swings(net, ITEMS)["layers.0.up"]

    assert size.max() > 5 * size.median()


def test_a_split_network_says_what_the_whole_one_says(net: ReaderNet) -> None:
    torch.manual_seed(1)
    halves = split(from_minilm().eval(), ITEMS)
    ids, kinds, owners = torch.randint(1000, 20000, (1, 12)), torch.zeros(1, 12, dtype=torch.long), torch.zeros(1, 12)

    with torch.no_grad():
        said, whole = (one(ids, kinds, owners, torch.arange(1)) for one in (halves, net))

    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(said, whole, strict=True))


def test_without_padding_no_mask_is_missed(net: ReaderNet) -> None:
    ids, kinds = torch.randint(1000, 20000, (1, 12)), torch.zeros(1, 12, dtype=torch.long)

    with torch.no_grad():
        masked = net.encode(ids, kinds)
        net.padded = False
        bare = net.encode(ids, kinds)
        net.padded = True

    assert torch.allclose(masked, bare, atol=1e-6)
