"""Grading whole folders: the solutions, the untouched stubs, and broken chapters."""

from pathlib import Path

import pytest

from autograder.chapters import EXERCISE_CHAPTERS, SOLUTIONS
from autograder.grade import grade_chapters
from autograder.isolation.in_process import InProcess
from autograder.record import Record, Status
from autograder.stubs import stub_of
from autograder.terminal import explanation, total


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    """A folder of untouched stubs, as the generator makes them."""
    for chapter in EXERCISE_CHAPTERS:
        (tmp_path / f"{chapter.stem}.py").write_text(stub_of(chapter), encoding="utf-8")
    return tmp_path


def solve(folder: Path, stem: str, old: str = "", new: str = "") -> None:
    """Put the reference of one chapter into the folder, with one piece of it replaced."""
    text = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
    assert old in text
    (folder / f"{stem}.py").write_text(text.replace(old, new) if old else text, encoding="utf-8")


def grade_folder(folder: Path, seed: int) -> list[Record]:
    return grade_chapters(InProcess(folder), seed)


def of(records: list[Record], stem: str) -> list[Record]:
    return [record for record in records if record.stem == stem]


@pytest.mark.parametrize("seed", range(5))
def test_the_solutions_get_full_marks(seed: int):
    assert total(grade_folder(SOLUTIONS, seed)) == (100, 100)


def test_untouched_stubs_get_nothing_and_are_not_started(stubs: Path):
    records = grade_folder(stubs, seed=0)
    assert total(records) == (0, 100)
    assert {record.status for record in records} <= {Status.NOT_STARTED, Status.WAITING}


def test_a_syntax_error_leaves_the_other_chapters_graded(stubs: Path):
    solve(stubs, "ch08_embedding_space")
    (stubs / "ch07_training.py").write_text("def train_epoch(:\n", encoding="utf-8")
    records = grade_folder(stubs, seed=0)
    assert {record.status for record in of(records, "ch07_training")} == {Status.CRASHED}
    assert "line 1" in of(records, "ch07_training")[0].observed
    assert {record.status for record in of(records, "ch08_embedding_space")} == {Status.PASSED}


def test_mining_waits_for_the_distances(stubs: Path):
    solve(stubs, "ch05_triplet_mining")
    statuses = {
        record.name: record.status for record in of(grade_folder(stubs, 0), "ch05_triplet_mining")
    }
    assert statuses["valid_triplets"] is Status.PASSED
    assert statuses["batch_hard_triplet_loss"] is Status.WAITING


def test_an_exit_in_a_chapter_does_not_end_the_grading(stubs: Path):
    (stubs / "ch06_nearest_neighbours.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    records = grade_folder(stubs, seed=0)
    assert {r.status for r in of(records, "ch06_nearest_neighbours")} == {Status.CRASHED}


MISTAKES = [
    ("ch02_triplet_dataset", "if draw >= own_place:", "if draw > own_place + 10**6:"),
    ("ch02_triplet_dataset", "if draw >= self.start[digit]:", "if False:"),
    ("ch03_embedding_network", "correction=0", "correction=1"),
    ("ch03_embedding_network", "return self.conv(F.relu(self.norm(x)))", "return self.conv(self.norm(F.relu(x)))"),
    ("ch03_embedding_network", "x = self.block2(x)", "x = self.block2(F.relu(x))"),
    ("ch03_embedding_network", "return x.mean(dim=(2, 3))", "return x.mean(dim=(2, 3)).squeeze()"),
    ("ch04_triplet_loss", "torch.relu(to_positive - to_negative + margin).mean()", "(to_positive - to_negative + margin).mean()"),
    ("ch04_triplet_loss", "torch.relu(to_positive - to_negative + margin).mean()", "torch.relu((to_positive - to_negative + margin).mean())"),
    ("ch04_triplet_loss", "torch.relu(to_positive - to_negative + margin).mean()", "torch.relu(to_positive - to_negative + margin).sum()"),
    ("ch04_triplet_loss", "+ margin).mean()", "- margin).mean()"),
    ("ch04_triplet_loss", "squared.clamp(min=1e-12).sqrt()", "squared.clamp(min=0).sqrt()"),
    ("ch04_triplet_loss", "by_positive = -share", "by_positive = share"),
    ("ch04_triplet_loss", "share = active / len(anchor)", "share = active / 1"),
    ("ch05_triplet_mining", "return same & ~itself, ~same", "return same, ~same"),
    ("ch05_triplet_mining", "torch.inf).amin(dim=1)", "-torch.inf).amax(dim=1)"),
    ("ch05_triplet_mining", "_mean_of(losses[active], embeddings)", "losses[valid].clamp(min=0).mean()"),
    ("ch05_triplet_mining", "return embeddings.sum() * 0.0", "return torch.zeros(())"),
    ("ch06_nearest_neighbours", "distances.scatter_(1, own, torch.inf)", "pass"),
    ("ch06_nearest_neighbours", "winner = votes.argmax(dim=1, keepdim=True)", "winner = votes.flip(1).argmax(dim=1, keepdim=True)"),
    ("ch06_nearest_neighbours", "if (counts == 0).any():", "if False:"),
    ("ch07_training", "optimizer.zero_grad()\n", "pass\n"),
    ("ch07_training", "return total / examples", "return total / 3"),
    ("ch07_training", "network.train()", "network.eval()"),
    ("ch08_embedding_space", "centred = x - x.mean(dim=0)", "centred = x"),
    ("ch08_embedding_space", "variance = singular_values.square()", "variance = singular_values"),
]  # fmt: skip


@pytest.mark.parametrize(("stem", "right", "wrong"), MISTAKES)
def test_a_mistake_loses_points_and_is_explained(stubs: Path, stem: str, right: str, wrong: str):
    solve(stubs, "ch04_triplet_loss")
    solve(stubs, stem, right, wrong)
    records = of(grade_folder(stubs, seed=0), stem)
    failed = [record for record in records if record.status is not Status.PASSED]
    assert failed
    assert all(record.status in (Status.WRONG, Status.CRASHED, Status.WAITING) for record in failed)
    assert all(explanation(record)[0] for record in failed)


def test_the_same_seed_gives_the_same_records(stubs: Path):
    solve(stubs, "ch04_triplet_loss", "+ margin).mean()", "- margin).mean()")
    assert grade_folder(stubs, 3) == grade_folder(stubs, 3)
