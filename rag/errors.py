"""Every error Citeback raises on purpose, and the exit code each one means at the command line.

    CitebackError                 1   anything unforeseen
    ├── InputRefused              2   a question, option or file we will not take
    ├── IndexUnavailable          5   there is no index we can answer from
    │   ├── IndexMissing          5   nothing has been ingested here
    │   ├── IndexDamaged          5   a file differs from what its hash promised
    │   └── EncoderMismatch       5   the index was made by another encoder
    ├── ModelUnavailable          5   a trained model or its runtime is not here; the rest does without it
    ├── IndexLocked               6   another process is writing this index
    ├── StorageFailed             7   disk full, or no permission
    ├── FilesSkipped              8   some files were skipped under --strict
    └── GateFailed                9   an evaluation fell below a threshold under --gate

What a user can meet in normal use (answered, abstained, red flag) is a value, not an error. Each message names the bad
value and the next step, in one line.
"""

from __future__ import annotations


class CitebackError(Exception):
    """The root of every error we raise on purpose."""

    exit_code = 1


class InputRefused(CitebackError):
    """A question, option or file that cannot be accepted as it is."""

    exit_code = 2


class IndexUnavailable(CitebackError):
    """There is no index that an answer could come from."""

    exit_code = 5


class IndexMissing(IndexUnavailable):
    """Nothing has been ingested at this place yet."""


class IndexDamaged(IndexUnavailable):
    """A file of the index is not what its hash promised."""


class EncoderMismatch(IndexUnavailable):
    """The index was made by another encoder than the one at hand."""


class ModelUnavailable(CitebackError):
    """A shipped model is absent or altered, or its runtime is not installed."""

    exit_code = 5


class IndexLocked(CitebackError):
    """Another process is writing this index right now."""

    exit_code = 6


class StorageFailed(CitebackError):
    """The disk is full, or we may not read or write there."""

    exit_code = 7


class FilesSkipped(CitebackError):
    """Some files were skipped although ``--strict`` asked for all of them."""

    exit_code = 8


class GateFailed(CitebackError):
    """An evaluation fell below a threshold although ``--gate`` asked that it must not."""

    exit_code = 9
