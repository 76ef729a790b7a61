"""What the reader is taught by: an answer above the rest and above silence, and a teacher met by agreeing with it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from training.data import DENSE, FOLDS, NO, NO_FOLD, RANKING, YES, fold_of
from training.losses import as_told, listed
from training.teach import blended, marked

GROUPS = torch.tensor([0, 0, 0, 1, 1])
TOLD = torch.tensor([2.0, -1.0, 0.5, -3.0, -2.0])


def test_an_answer_is_to_stand_above_its_rivals_and_silence() -> None:
    wanted = torch.tensor([1.0, 0, 0, 0, 0])

    right = listed(torch.tensor([6.0, -6, -6, -6, -6]), wanted, GROUPS)
    unsure = listed(torch.zeros(5), wanted, GROUPS)
    wrong = listed(torch.tensor([-6.0, 6, -6, 6, -6]), wanted, GROUPS)

    assert right < 0.01 < unsure < wrong


def test_agreeing_with_the_teacher_costs_least() -> None:
    values = TOLD.clone().requires_grad_()
    as_told(values, TOLD, GROUPS).backward()  # type: ignore[no-untyped-call]

    assert values.grad is not None
    assert values.grad.abs().max() < 1e-6
    assert as_told(TOLD, TOLD, GROUPS) < as_told(-TOLD, TOLD, GROUPS)


@pytest.mark.parametrize(("label", "logit", "between"), [(1.0, -9.0, (0.3, 0.5)), (0.0, 9.0, (0.5, 0.7))])
def test_a_teacher_sure_of_the_opposite_outweighs_a_mark_but_not_by_far(
    label: float, logit: float, between: tuple[float, float]
) -> None:
    blend: Tensor = blended(torch.tensor(label), torch.tensor(logit))

    assert between[0] < float(blend) < between[1]


def test_documents_are_dealt_into_all_folds() -> None:
    folds = [fold_of(f"own:article-{number}") for number in range(200)]

    assert set(folds) == set(range(FOLDS))
    assert folds == [fold_of(f"own:article-{number}") for number in range(200)]


def test_what_the_teachers_get_wrong_is_taught_by_its_marks_alone() -> None:
    assert fold_of(f"{RANKING}wrist.md") == fold_of(f"{DENSE}copper.md") == NO_FOLD

    sentences, windows = marked({"labels": torch.tensor([[YES, NO]]), "answerable": torch.tensor([1.0])})

    assert blended(torch.tensor([1.0, 0.0]), sentences[0]).tolist() == pytest.approx([1.0, 0.0], abs=1e-4)
    assert blended(torch.tensor([1.0]), windows).tolist() == pytest.approx([1.0], abs=1e-4)
