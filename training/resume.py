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
    held = {one.name: numpy_helper.to_array(one).copy() for one in graph.initializer}
    users = {name: node for node in graph.node for name in node.input}
    made = {name: node for node in graph.node for name in node.output}
    state = from_minilm().state_dict()
    for name, rows in held.items():
        if (whole := name.replace(".rest", "")) in state:
            state[whole][: len(rows)] = torch.from_numpy(rows)  # of the positions, the first ones
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            weight = node.input[1].removesuffix("_quantized")
            steps = held[f"{weight}_quantized"].astype(np.float32) - held[f"{weight}_zero_point"]
            numbers, product = steps * held[f"{weight}_scale"], users[users[node.output[0]].output[0]].output[0]
        elif node.op_type == "MatMul" and node.input[1] in held and not node.input[1].endswith(".few"):
            numbers, product = held[node.input[1]], node.output[0]
        else:
            continue
        state[_named(users[product].input)] = torch.from_numpy(numbers.T.copy())
    for few in (name for name in held if name.endswith(".few")):  # what ``outliers`` left as it was
        _, wide = made[users[few].input[0]].input
        state[few.replace(".few", ".weight")][:, held[wide]] = torch.from_numpy(held[few]).T
    return state


def _named(addends: list[str]) -> str:
    """Whose product it is, its bias tells."""
    (bias,) = (name for name in addends if name.endswith(".bias"))
    return bias.replace(".rest", "").replace(".bias", ".weight")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=FOLDER / "reader.onnx")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    torch.save(resumed(given.model), given.out)


if __name__ == "__main__":
    main()
