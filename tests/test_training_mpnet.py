"""The network teachers are trained from: MPNet's weights under the reader's names, and the distances it knows."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training.model import MINILM, MPNET, ReaderNet, Shape, distances, shape_of
from training.mpnet import FIRST_WORD, MARKS, from_mpnet, in_order, renamed

UNUSED = {"embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias"}


def published() -> dict[str, torch.Size]:
    """The names and shapes of all-mpnet-base-v2's weights, as its file lists them."""
    wide, inner = MPNET.width, 4 * MPNET.width
    shapes = {
        "embeddings.LayerNorm.weight": (wide,), "embeddings.LayerNorm.bias": (wide,),
        "embeddings.position_embeddings.weight": (514, wide), "embeddings.word_embeddings.weight": (30527, wide),
        "encoder.relative_attention_bias.weight": (32, 12), "pooler.dense.weight": (wide, wide),
        "pooler.dense.bias": (wide,), "embeddings.position_ids": (1, 514),
    }  # fmt: skip
    for layer in range(MPNET.layers):
        stem = f"encoder.layer.{layer}."
        for name in ("q", "k", "v", "o"):
            shapes |= {
                f"{stem}attention.attn.{name}.weight": (wide, wide),
                f"{stem}attention.attn.{name}.bias": (wide,),
            }
        for name in ("attention.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{stem}{name}.weight": (wide,), f"{stem}{name}.bias": (wide,)}
        shapes |= {
            f"{stem}intermediate.dense.weight": (inner, wide), f"{stem}intermediate.dense.bias": (inner,),
            f"{stem}output.dense.weight": (wide, inner), f"{stem}output.dense.bias": (wide,),
        }  # fmt: skip
    return {name: torch.Size(shape) for name, shape in shapes.items()}


class Watched(dict[str, torch.Tensor]):
    """Remembers what was asked for."""

    def __init__(self, given: dict[str, torch.Tensor]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> torch.Tensor:
        self.asked.add(name)
        return super().__getitem__(name)


def test_every_weight_of_mpnet_finds_its_place() -> None:
    with torch.device("meta"):
        given = Watched({name: torch.empty(shape) for name, shape in published().items()})
        wanted = ReaderNet(MPNET).state_dict()
    found = {name: renamed(name, given, tensor).shape for name, tensor in wanted.items()}
    assert found == {name: tensor.shape for name, tensor in wanted.items()}
    assert set(given) - given.asked == UNUSED


def test_word_rows_stand_in_minilms_order() -> None:
    rows = torch.arange(30527.0)[:, None]
    ordered = in_order(rows)[:, 0].tolist()
    assert len(ordered) == 30522
    assert {piece: ordered[piece] for piece in MARKS} == MARKS
    assert all(row == piece + FIRST_WORD for piece, row in enumerate(ordered) if piece not in MARKS)


RIGHT = {0: 0, 1: 17, 7: 23, 8: 24, 16: 26, 100: 31, 128: 31, 300: 31}  # values of the original implementation
LEFT = {-1: 1, -7: 7, -8: 8, -300: 15}


@pytest.mark.parametrize(("there", "kind"), [*RIGHT.items(), *LEFT.items()])
def test_near_pieces_are_told_apart_and_far_ones_are_not(there: int, kind: int) -> None:
    assert int(distances(torch.arange(601), MPNET.distances)[300, 300 + there]) == kind


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(SystemExit, match=r"model\.safetensors: sha256 .* is not all-mpnet-base-v2's"):
        from_mpnet(tmp_path / "model.safetensors")


@pytest.mark.parametrize("shape", [MINILM, MPNET])
def test_weights_say_themselves_how_wide_the_network_is(shape: Shape) -> None:
    with torch.device("meta"):
        assert shape_of(ReaderNet(shape).state_dict()) == shape


def test_how_far_apart_pieces_stand_moves_what_is_read() -> None:
    net = ReaderNet(Shape(width=24, layers=1, eps=1e-5, distances=8)).eval()
    assert net.distances is not None
    ids, kinds = torch.arange(5, 13)[None], torch.zeros(1, 8, dtype=torch.int64)
    with torch.no_grad():
        far_and_near = net.encode(ids, kinds)
        net.distances.weight.zero_()
        all_alike = net.encode(ids, kinds)
        net.distances.weight.fill_(1.0)  # the same for every distance: attention shares itself out as before
        still_alike = net.encode(ids, kinds)

    assert not torch.allclose(far_and_near, all_alike, atol=1e-3)
    assert torch.allclose(all_alike, still_alike, atol=1e-5)
