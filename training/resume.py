"""The shipped eight-bit model turned back into weights to go on from, for when the run that made it is gone.

    python -m training.resume --out start.pt      # then: python -m training.train --start start.pt …

A weight comes back to within half a step of its scale, which a few minutes of training make good. The span head is not
shipped and starts anew; the word table and the far positions are MiniLM's own, for training leaves them alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from rag.network import FOLDER
from training.model import from_minilm


def resumed(model: Path) -> dict[str, Tensor]:
    """The weights in an exported model, by their names in ``ReaderNet``."""
    graph = onnx.load(model).graph
    held = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    users = {name: node for node in graph.node for name in node.input}
    state = from_minilm().state_dict()
    for name in state.keys() & held.keys():
        rows = held[name]
        state[name][: len(rows)] = torch.from_numpy(rows.copy())  # of the positions, the first ones
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            weight = node.input[1].removesuffix("_quantized")
            name = _bias(users[users[users[node.output[0]].output[0]].output[0]].input)
            exact = (held[f"{weight}_quantized"].astype(np.float32) - held[f"{weight}_zero_point"]) * held[
                f"{weight}_scale"
            ]
            state[name.replace(".bias", ".weight")] = torch.from_numpy(exact.T.copy())
    return state


def _bias(names: list[str]) -> str:
    """The bias that is added to a product tells whose product it is."""
    (bias,) = (name for name in names if name.endswith(".bias"))
    return bias


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=FOLDER / "reader.onnx")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    torch.save(resumed(given.model), given.out)


if __name__ == "__main__":
    main()
