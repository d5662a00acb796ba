"""What a chapter builds on and what it may not call, read from its text and seen at run time."""

import sys
from pathlib import Path

import pytest

from autograder.chapters import SOLUTIONS, find_chapter
from autograder.grading.checks import chapters_by_name
from autograder.grading.grade import Grader
from autograder.grading.record import Status
from autograder.grading.survey import survey
from autograder.isolation.in_process import InProcess


def uses(source: str, name: str) -> tuple[str, ...]:
    return survey(source.encode(), chapters_by_name()[name].stem).uses[name]


def test_use_is_followed_through_imports_and_helpers():
    source = """
from .ch04_triplet_loss import pairwise_distances as between

def _gaps(rows):
    return between(rows, rows)

def batch_hard_triplet_loss(rows, labels, margin=None):
    return _gaps(rows).mean()
"""
    assert uses(source, "batch_hard_triplet_loss") == ("pairwise_distances",)


def test_a_chapter_that_is_imported_whole_is_seen_too():
    source = """
from . import ch04_triplet_loss

def batch_hard_triplet_loss(rows, labels, margin=None):
    return ch04_triplet_loss.pairwise_distances(rows, rows).mean()
"""
    assert uses(source, "batch_hard_triplet_loss") == ("pairwise_distances",)


@pytest.mark.parametrize(
    "line",
    [
        "triplet_loss = gaps.mean()\n    return triplet_loss",
        "pairwise_distances = torch.cdist(rows, rows)\n    return pairwise_distances.mean()",
        "recall_at_k: float = 0.0\n    return rows.mean() + recall_at_k",
        "return self.triplet_loss",
    ],
)
def test_a_variable_that_is_called_like_an_exercise_is_none(line: str):
    source = f"import torch\ndef batch_hard_triplet_loss(rows, labels, margin=None):\n    {line}\n"
    assert uses(source, "batch_hard_triplet_loss") == ()


def test_a_function_of_one_s_own_is_not_that_of_another_chapter():
    source = """
import torch

def pairwise_distances(x, y):
    return torch.cdist(x, y)

def batch_hard_triplet_loss(rows, labels, margin=None):
    return pairwise_distances(rows, rows).mean()
"""
    assert uses(source, "batch_hard_triplet_loss") == ()


def test_a_variable_hides_the_exercise_of_the_same_chapter():
    source = """
def valid_triplets(labels):
    return labels

def batch_all_triplet_loss(rows, labels, margin):
    valid_triplets = labels[:, None] == labels
    return valid_triplets.sum()

def semi_hard_triplet_loss(rows, labels, margin):
    return valid_triplets(labels).sum()
"""
    assert uses(source, "batch_all_triplet_loss") == ()
    assert uses(source, "semi_hard_triplet_loss") == ("valid_triplets",)


def test_a_variable_hides_what_was_imported():
    source = """
from .ch04_triplet_loss import triplet_loss

def batch_hard_triplet_loss(rows, labels, margin=None):
    triplet_loss = rows.mean()
    return triplet_loss
"""
    assert uses(source, "batch_hard_triplet_loss") == ()


@pytest.mark.parametrize(
    "line",
    [
        "from ch04_triplet_loss import pairwise_distances",
        "from exercises.ch04_triplet_loss import pairwise_distances",
        "from .ch04_triplet_loss import pairwise_distances",
        "import ch04_triplet_loss\npairwise_distances = ch04_triplet_loss.pairwise_distances",
    ],
)
def test_a_name_is_taken_by_any_import_of_its_chapter(line: str):
    source = (
        f"{line}\ndef batch_hard_triplet_loss(r, l, m=None):\n    return pairwise_distances(r, r)\n"
    )
    assert uses(source, "batch_hard_triplet_loss") == ("pairwise_distances",)


def test_the_library_s_group_norm_is_no_use_of_one_s_own():
    source = """
from torch.nn import functional as F

class BNReLUConv:
    def forward(self, x):
        return F.group_norm(x, 1)
"""
    assert uses(source, "BNReLUConv") == ()


def test_every_solution_is_free_of_forbidden_calls():
    for path in SOLUTIONS.glob("ch*.py"):
        assert not any(survey(path.read_bytes(), path.stem).findings.values()), path


FORBIDDEN = [
    ("4", "triplet_loss", "import torch.nn as nn\ndef triplet_loss(a, p, n, margin=1.0):\n    return nn.TripletMarginLoss(margin)(a, p, n)\n"),
    ("4", "triplet_loss", "from torch.nn.functional import triplet_margin_loss as ready\ndef triplet_loss(a, p, n, margin=1.0):\n    return ready(a, p, n, margin)\n"),
    ("4", "triplet_loss", "import torch\ndef _helper(a, p, n, m):\n    return torch.nn.functional.triplet_margin_loss(a, p, n, m)\ndef triplet_loss(a, p, n, margin=1.0):\n    return _helper(a, p, n, margin)\n"),
    ("4", "triplet_loss_gradient", "import torch\ndef triplet_loss_gradient(a, p, n, margin=1.0):\n    rows = torch.from_numpy(a).requires_grad_()\n    rows.sum().backward()\n    return rows.grad, p, n\n"),
    ("3", "group_norm", "from torch import nn\ndef group_norm(x, num_groups, weight, bias, eps=1e-5):\n    return nn.GroupNorm(num_groups, x.shape[1])(x)\n"),
    ("3", "group_norm", "import torch.nn.functional as F\ndef group_norm(x, num_groups, weight, bias, eps=1e-5):\n    return F.group_norm(x, num_groups, weight, bias, eps)\n"),
    ("8", "pca", "import torch\ndef pca(x, num_components):\n    return torch.pca_lowrank(x)\n"),
    ("8", "pca", "from sklearn.decomposition import PCA\ndef pca(x, num_components):\n    return PCA(num_components).fit_transform(x)\n"),
    ("6", "knn_classify", "from sklearn import neighbors\ndef knn_classify(g, l, q, k=5):\n    return neighbors.KNeighborsClassifier(k).fit(g, l).predict(q)\n"),
    ("6", "recall_at_k", "def recall_at_k(embeddings, labels, k=1):\n    from solutions.ch06_nearest_neighbours import recall_at_k as ready\n    return ready(embeddings, labels, k)\n"),
]  # fmt: skip


def grade(folder: Path, chapter: str, name: str, source: str):
    (folder / f"{find_chapter(chapter).stem}.py").write_text(source, encoding="utf-8")
    return Grader(InProcess(folder), seed=0).grade_name(find_chapter(chapter), name)


@pytest.mark.parametrize(("chapter", "name", "source"), FORBIDDEN)
def test_a_ready_made_call_is_found_in_the_text(tmp_path, chapter, name, source):
    records = grade(tmp_path, chapter, name, source)
    assert {record.status for record in records} == {Status.FORBIDDEN}
    assert f"{find_chapter(chapter).stem}.py, line " in records[0].observed


HIDDEN = [
    ("4", "triplet_loss", "import torch\nready = getattr(torch.nn.functional, 'triplet_margin' + '_loss')\ndef triplet_loss(a, p, n, margin=1.0):\n    return ready(a, p, n, margin)\n"),
    ("4", "triplet_loss_gradient", "import torch\nask = getattr(torch.autograd, 'gr' + 'ad')\ndef triplet_loss_gradient(a, p, n, margin=1.0):\n    rows = torch.from_numpy(a).requires_grad_()\n    return ask(rows.sum(), rows)[0].numpy(), p, n\n"),
    ("3", "group_norm", "import torch\nready = vars(torch)['group_' + 'norm']\ndef group_norm(x, num_groups, weight, bias, eps=1e-5):\n    return ready(x, num_groups, weight, bias, eps)\n"),
    ("8", "pca", "import torch\nready = getattr(torch, 'pca_' + 'lowrank')\ndef pca(x, num_components):\n    return ready(x)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("chapter", "name", "source"), HIDDEN)
def test_a_ready_made_call_under_another_name_is_found_at_run_time(tmp_path, chapter, name, source):
    records = grade(tmp_path, chapter, name, source)
    assert {record.status for record in records} == {Status.FORBIDDEN}
    assert "line " in records[0].observed


def test_an_import_that_the_text_hides_is_found_at_run_time(tmp_path, monkeypatch):
    # Another test may have loaded it; a worker never has.
    monkeypatch.delitem(sys.modules, "sklearn.decomposition", raising=False)
    source = "import importlib\nready = importlib.import_module('sklearn.' + 'decomposition')\n"
    source += "def pca(x, num_components):\n    return ready\n"
    records = grade(tmp_path, "8", "pca", source)
    assert {record.status for record in records} == {Status.FORBIDDEN}


def test_the_library_s_norm_is_allowed_inside_the_block(tmp_path):
    source = (SOLUTIONS / "ch03_embedding_network.py").read_text(encoding="utf-8")
    assert "nn.GroupNorm" in source
    records = grade(tmp_path, "3", "BNReLUConv", source)
    assert {record.status for record in records} == {Status.PASSED}


def test_an_except_does_not_hide_a_forbidden_call(tmp_path):
    source = "import torch\nready = getattr(torch, 'pca_' + 'lowrank')\n"
    source += "def pca(x, num_components):\n    try:\n        return ready(x)\n"
    source += "    except Exception:\n        return None\n"
    records = grade(tmp_path, "8", "pca", source)
    assert {record.status for record in records} == {Status.FORBIDDEN}


UNWRITTEN = [
    '"""What it does."""',
    "...",
    '"""What it does."""\n    ...',
    "distances = torch.cdist(x, y)\n    ...",
    "pass",
    "return",
    "return None",
    '"""What it does."""\n    return None',
]


@pytest.mark.parametrize("body", UNWRITTEN)
def test_a_place_that_is_still_to_be_filled_in_is_not_started(tmp_path, body):
    source = f"import torch\ndef pairwise_distances(x, y):\n    {body}\n"
    records = grade(tmp_path, "4", "pairwise_distances", source)
    assert {record.status for record in records} == {Status.NOT_STARTED}


def test_a_method_that_is_still_to_be_filled_in_is_not_started(tmp_path):
    source = "from torch import nn\nclass BNReLUConv(nn.Module):\n"
    source += (
        "    def __init__(self, a, b, kernel_size=3, num_groups=1):\n        super().__init__()\n"
    )
    source += "    def forward(self, x):\n        ...\n"
    records = grade(tmp_path, "3", "BNReLUConv", source)
    assert {record.status for record in records} == {Status.NOT_STARTED}


def test_what_works_counts_whatever_is_left_behind_it(tmp_path):
    text = (SOLUTIONS / "ch03_embedding_network.py").read_text(encoding="utf-8")
    place = "    def forward(self, x: Tensor) -> Tensor:\n"
    assert place in text
    text = text.replace(place, f"    def reset(self):\n        ...\n\n{place}", 1)
    records = grade(tmp_path, "3", "BNReLUConv", text)
    assert {record.status for record in records} == {Status.PASSED}


def test_a_function_that_returns_none_after_some_work_is_wrong(tmp_path):
    source = (
        "import torch\ndef pairwise_distances(x, y):\n    d = torch.cdist(x, y)\n    return None\n"
    )
    records = grade(tmp_path, "4", "pairwise_distances", source)
    assert Status.NOT_STARTED not in {record.status for record in records}
