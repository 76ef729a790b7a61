"""The reference runtime: sentence-transformers itself. Runs any of its models; needs seconds to import.

Imported only where vectors are made in bulk, or for a model that the light runtime cannot run. Reads safetensors
weights from disk; never the network, never code that a model brings along.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from rag.encoder import Model, Vectors
from rag.errors import InputRefused

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Two at once take two thirds of the time of one, as the interpreter runs one thread at a time; more were not tried.
_AT_ONCE = 4


class ReferenceEncoder:
    """A sentence-transformers model."""

    def __init__(self, model: Model, transformer: SentenceTransformer) -> None:
        self.model = model
        self.window = int(transformer.get_max_seq_length() or 512)
        self._transformer = transformer
        self._threads = ThreadPoolExecutor(min(os.cpu_count() or 1, _AT_ONCE), thread_name_prefix="encoder")

    @classmethod
    def load(cls, model: Model) -> ReferenceEncoder:
        """Opens the model from its folder.

        Raises:
            InputRefused: the folder holds no safetensors model that sentence-transformers can open.
        """
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            transformer = SentenceTransformer(
                str(model.folder),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError) as error:
            raise InputRefused(f"{model.folder}: not a safetensors sentence-transformers model ({error})") from error
        return cls(model, transformer)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Word pieces per text, end marks included, uncut."""
        pieces = self._transformer.tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        return [len(ids) for ids in pieces]

    def is_word(self, word: str) -> bool:
        """Whether the vocabulary holds this lower-case word whole."""
        return len(self._transformer.tokenizer.tokenize(word)) == 1

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit row per text. Each is run by itself: independent of its company, and as fast as any batch on a
        processor, whose cores share the texts.
        """
        # The first one alone: it sets the tokenizer, which refuses to be set while another thread reads with it.
        rows = [self._run(text) for text in texts[:1]] + list(self._threads.map(self._run, texts[1:]))
        return np.asarray(rows, dtype=np.float32)

    def _run(self, text: str) -> Vectors:
        row: Vectors = self._transformer.encode(text, batch_size=1, normalize_embeddings=True, show_progress_bar=False)
        return row
