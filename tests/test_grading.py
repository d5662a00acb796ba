"""Grading whole folders: the solutions, the untouched stubs, and broken chapters."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.chapters import EXERCISE_CHAPTERS, SOLUTIONS, find_chapter
from autograder.grading.checks import checks_of, full_marks
from autograder.grading.comparison import Mismatch, compare, describe
from autograder.grading.grade import Grader, grade_chapters
from autograder.grading.opaque import Opaque
from autograder.grading.outcome import Ending, Outcome
from autograder.grading.record import Record, Status
from autograder.grading.survey import Survey
from autograder.isolation.in_process import InProcess
from autograder.learner.explanation import explanation
from autograder.learner.hints import next_hint
from autograder.learner.journal import Journal
from autograder.learner.terminal import total
from autograder.stubs import stub_of


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
    assert total(grade_folder(SOLUTIONS, seed)) == (full_marks(), full_marks())


def test_untouched_stubs_get_nothing_and_are_not_started(stubs: Path):
    records = grade_folder(stubs, seed=0)
    assert total(records) == (0, full_marks())
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


def test_an_error_of_torch_s_own_is_a_crash_and_not_an_unwritten_function(stubs: Path):
    solve(
        stubs, "ch05_triplet_mining", "positives[:, :, None] &", "positives[:, :, None].float() &"
    )
    records = of(grade_folder(stubs, seed=0), "ch05_triplet_mining")
    own = [one for one in records if one.name == "valid_triplets"]
    assert {one.status for one in own} == {Status.CRASHED}
    assert "NotImplementedError in ch05_triplet_mining.py" in own[0].observed


@pytest.mark.parametrize("value", [-0.00001, np.float32(-0.00001), np.array([-0.00001, 2.0])])
def test_no_number_is_shown_as_minus_zero(value: float | np.ndarray):
    assert "-0" not in describe(value)
    with pytest.raises(Mismatch) as caught:
        compare(np.full(20, 1.0), np.full(20, -0.00001))
    assert caught.value.expected == "Expected 0.0000 there."


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
    ("ch06_nearest_neighbours", "BLOCK_ELEMENTS = 16_000_000", "BLOCK_ELEMENTS = 10**12"),
    ("ch06_nearest_neighbours", "    if most == 0:\n        return 0.0", "    if most == 0:\n        return 1 / 0"),
    ("ch03_embedding_network", "self.block3 = BNReLUConv(widths[1], embedding_dim)", "self.block3 = BNReLUConv(widths[1], embedding_dim)\n        self.block3.conv.weight.data.zero_()"),
    ("ch07_training", "optimizer.zero_grad()\n", "pass\n"),
    ("ch07_training", "return total / examples", "return total / 3"),
    ("ch07_training", "network.train()", "network.eval()"),
    ("ch08_embedding_space", "centred = x - x.mean(dim=0)", "centred = x"),
    ("ch08_embedding_space", "variance = singular_values.square()", "variance = singular_values"),
]  # fmt: skip


@pytest.mark.usefixtures("without_diagnosis")
@pytest.mark.parametrize(("stem", "right", "wrong"), MISTAKES)
def test_a_mistake_loses_points_and_is_explained(stubs: Path, stem: str, right: str, wrong: str):
    solve(stubs, "ch04_triplet_loss")
    solve(stubs, stem, right, wrong)
    records = of(grade_folder(stubs, seed=0), stem)
    failed = [record for record in records if record.status is not Status.PASSED]
    assert failed
    assert {record.status for record in failed} <= {
        *(Status.WRONG, Status.CRASHED, Status.WAITING, Status.HELD_BACK)
    }
    assert all(explanation(record)[0] for record in failed)


def test_the_same_seed_gives_the_same_records(stubs: Path):
    solve(stubs, "ch04_triplet_loss", "+ margin).mean()", "- margin).mean()")
    assert grade_folder(stubs, 3) == grade_folder(stubs, 3)


def by_heart(folder: Path) -> list[Record]:
    """Grade a chapter 4 that is right for the six points only; and all others after it."""
    right = "return squared.clamp(min=1e-12).sqrt()"
    wrong = f"{right} * (1.0 if len(x) == len(y) == 3 and x.shape[1] == 2 else 0.0)"
    solve(folder, "ch04_triplet_loss", right, wrong)
    solve(folder, "ch05_triplet_mining")
    return grade_folder(folder, seed=0)


def test_what_is_right_counts_once_its_companion_passes_too(stubs: Path):
    known, random, _ = (one for one in by_heart(stubs) if one.name == "pairwise_distances")
    assert (known.status, random.status) == (Status.HELD_BACK, Status.WRONG)
    assert known.waiting_for == "random rows, and gradients"
    assert known.earned == 0
    assert explanation(known) == ['Right, and held back until "random rows, and gradients" passes.']


def test_who_builds_on_an_exercise_waits_for_the_exercise_not_for_its_check(stubs: Path):
    records = of(by_heart(stubs), "ch05_triplet_mining")
    waiting = {one.waiting_for for one in records if one.status is Status.WAITING}
    assert waiting == {"pairwise_distances (chapter 4)"}


def test_the_next_hint_is_for_the_companion(stubs: Path, tmp_path: Path):
    records = of(by_heart(stubs), "ch04_triplet_loss")
    hint = next_hint(find_chapter("4"), records, Journal(tmp_path / "progress.json"))
    assert hint is not None
    assert hint.name == "pairwise_distances"
    assert hint.section == "Definition"


class Sending:
    """A worker that answers every call with one value."""

    def __init__(self, value: object) -> None:
        self.value = value

    def survey(self, stem: str) -> Survey:
        return Survey(uses={}, findings={})

    def load(self, stem: str) -> None:
        return None

    def call(self, *_: object) -> Outcome:
        return Outcome(Ending.RETURNED, self.value)


@pytest.mark.usefixtures("without_diagnosis")
@pytest.mark.parametrize("value", [None, {}, [], "text", {"value": []}, [[1], [2, 3]], Opaque("x")])
@pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda one: one.stem[:4])
def test_what_no_judge_can_read_is_wrong_and_no_fault_of_the_grader(chapter, value: object):
    records = Grader(Sending(value), seed=0).grade(chapter)  # type: ignore[arg-type]
    assert {record.status for record in records} == {Status.WRONG}
    assert all(explanation(record)[0] for record in records)


def test_a_judge_that_refuses_the_reference_is_a_fault_of_the_grader(monkeypatch):
    chapter = find_chapter("8")
    broken = [replace(check, judge=lambda *_: 1 / 0) for check in checks_of(chapter)]
    monkeypatch.setattr("autograder.grading.grade.checks_of", lambda _: broken)
    records = Grader(InProcess(SOLUTIONS), seed=0).grade(chapter)
    assert {record.status for record in records} == {Status.GRADER_FAULT}
    assert "the reference is not accepted" in records[0].observed
