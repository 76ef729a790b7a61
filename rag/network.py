"""Opens the small networks that are shipped: their bytes by hash, their word pieces, their session.

What they read and say stands in ``reader`` and ``red_flags.listener``. It needs neither torch nor a connection.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FOLDER = Path(__file__).parent / "model"
VOCABULARY = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
"""The hash of ``vocab.txt``, which all of them share."""


def checked(path: Path, pinned: str | None) -> bytes:
    """The bytes of a shipped file.

    Raises:
        ModelUnavailable: it is absent, or its hash is not the pinned one.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"{path.name}: the model is not in {path.parent}; reinstall citeback") from error
    if pinned is not None and hashlib.sha256(data).hexdigest() != pinned:
        raise ModelUnavailable(f"{path.name}: not the model this version was made with; reinstall citeback")
    return data


def word_pieces(vocabulary: str) -> Tokenizer:
    """MiniLM's word pieces, from the lines of ``vocab.txt``."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    words = {word: number for number, word in enumerate(vocabulary.splitlines())}
    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def session(model: bytes) -> Any:  # noqa: ANN401 - an untyped library class
    """A session of one thread: callers spread their work over threads themselves, so that nothing waits inside one.

    Raises:
        ModelUnavailable: onnxruntime is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelUnavailable("onnxruntime is not installed; pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # The fused kernel takes four times as long as the addition and the norm it replaces (onnxruntime 1.31, one thread).
    slow = ["SkipLayerNormFusion"]
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"], disabled_optimizers=slow)
