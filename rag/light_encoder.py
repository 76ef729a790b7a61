"""A BERT sentence encoder in numpy: the same weights as the reference runtime, ready in a fraction of a second.

Does: BERT with GELU, mean pooling, unit length, in float32, exact to about 1e-6. Does not: any other architecture
(``can_run`` says no and the reference runtime takes over), batching, training.

Method: Devlin et al. 2019 (BERT); Reimers and Gurevych 2019 (mean pooling). The error function is formula 7.1.26 of
Abramowitz and Stegun, absolute error below 1.5e-7.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rag.encoder import Model, Vectors

Weights = dict[str, Vectors]


class LightEncoder:
    """Runs a small BERT model with numpy alone."""

    def __init__(self, model: Model, weights: Weights, tokenizer: Tokenizer, config: dict[str, Any]) -> None:
        self.model = model
        self.window = int(config["window"])
        self._weights = weights
        self._tokenizer = tokenizer
        self._heads = int(config["num_attention_heads"])
        self._layers = int(config["num_hidden_layers"])
        self._epsilon = float(config["layer_norm_eps"])

    @staticmethod
    def can_run(model: Model) -> bool:
        """Whether this runtime computes exactly what the reference would: BERT, GELU, mean pooling, unit length."""
        modules = [module["type"].rsplit(".", 1)[-1] for module in _json(model, "modules.json")]
        if modules not in (["Transformer", "Pooling", "Normalize"],):
            return False
        config, pooling = _json(model, "config.json"), _json(model, "1_Pooling/config.json")
        is_bert = config.get("model_type") == "bert" and config.get("hidden_act") == "gelu"
        modes = {mode for mode, on in pooling.items() if mode.startswith("pooling_mode_") and on is True}
        has_window = _json(model, "sentence_bert_config.json").get("max_seq_length") is not None
        is_whole = has_window and all(
            (model.folder / name).exists() for name in ("model.safetensors", "tokenizer.json")
        )
        return is_bert and modes == {"pooling_mode_mean_tokens"} and is_whole

    @classmethod
    def load(cls, model: Model) -> LightEncoder:
        """Reads weights and tokenizer of a model that ``can_run`` accepted."""
        config = _json(model, "config.json")
        config["window"] = _json(model, "sentence_bert_config.json")["max_seq_length"]
        tokenizer = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(model, load_file(model.folder / "model.safetensors"), tokenizer, config)

    def adapted(self, additions: Mapping[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]) -> LightEncoder:
        """The same encoder with low-rank additions to some of its weights; what is not added to is shared."""
        # Laid out as they are multiplied: a third faster.
        added = {
            f"{name}.weight": np.ascontiguousarray(
                self._weights[f"{name}.weight"].T + down.astype(np.float32) @ up.astype(np.float32)
            ).T
            for name, (down, up) in additions.items()
        }
        other = copy(self)
        other._weights = self._weights | added
        return other

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Word pieces per text, end marks included, uncut."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def is_word(self, word: str) -> bool:
        """Whether the vocabulary holds this lower-case word whole."""
        return self._tokenizer.token_to_id(word) is not None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row per text, shape ``(len(texts), dimension)``."""
        dimension = self._weights["embeddings.word_embeddings.weight"].shape[1]
        rows = np.empty((len(texts), dimension), dtype=np.float32)
        for row, encoding in zip(rows, self._tokenizer.encode_batch_fast(list(texts)), strict=True):
            ids = encoding.ids
            if len(ids) > self.window:
                ids = [*ids[: self.window - 1], ids[-1]]
            pooled = self._forward(np.array(ids)).mean(axis=0)
            row[:] = pooled / max(float(np.linalg.norm(pooled)), 1e-12)
        return rows

    def _forward(self, ids: np.ndarray[Any, np.dtype[np.int64]]) -> Vectors:
        """Hidden states of the last layer, shape ``(len(ids), dimension)``."""
        table = self._weights
        hidden: Vectors = (
            table["embeddings.word_embeddings.weight"][ids]
            + table["embeddings.position_embeddings.weight"][: len(ids)]
            + table["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        for number in range(self._layers):
            layer = f"encoder.layer.{number}"
            attended = self._attend(hidden, f"{layer}.attention.self")
            attended = self._dense(attended, f"{layer}.attention.output.dense")
            hidden = self._norm(hidden + attended, f"{layer}.attention.output.LayerNorm")
            inner = _gelu(self._dense(hidden, f"{layer}.intermediate.dense"))
            hidden = self._norm(hidden + self._dense(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        return hidden

    def _attend(self, hidden: Vectors, name: str) -> Vectors:
        count, width = hidden.shape
        shape = (count, self._heads, width // self._heads)
        query, key, value = (
            self._dense(hidden, f"{name}.{part}").reshape(shape).swapaxes(0, 1) for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.sqrt(np.float32(shape[2]))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        return np.ascontiguousarray(mixed.swapaxes(0, 1)).reshape(count, width)

    def _dense(self, hidden: Vectors, name: str) -> Vectors:
        dense: Vectors = hidden @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return dense

    def _norm(self, hidden: Vectors, name: str) -> Vectors:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        normed: Vectors = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return normed


def _gelu(values: Vectors) -> Vectors:
    scaled = np.abs(values) * np.float32(1 / np.sqrt(2))
    step = 1 / (1 + np.float32(0.3275911) * scaled)
    series = np.full_like(values, 1.061405429)
    for factor in np.array((-1.453152027, 1.421413741, -0.284496736, 0.254829592), dtype=np.float32):
        series = series * step + factor
    erf = np.copysign(1 - series * step * np.exp(-scaled * scaled), values)
    result: Vectors = np.float32(0.5) * values * (1 + erf)
    return result


def _json(model: Model, name: str) -> Any:  # noqa: ANN401 - a configuration file of another project
    path = model.folder / name
    return json.loads(path.read_text("utf-8")) if path.exists() else {}
