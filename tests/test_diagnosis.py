"""Several mistakes at once: all are named, where each counts, and never one that is not there."""

import time
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from autograder.authoring.kill_matrix import Prepared
from autograder.authoring.together import drawn, sets_together, tally_of
from autograder.chapters import find_chapter
from autograder.grading.check import Check
from autograder.grading.checks import chapters_by_name, checks_of
from autograder.grading.diagnosis import Run, WrongOutcomes, diagnose
from autograder.grading.grade import Grader, Known, reference
from autograder.grading.misconception import Exercise, FunctionFamily, can_be_together, code_of
from autograder.grading.misconceptions import exercises_of
from autograder.grading.outcome import Ending, Outcome, call_trusted
from autograder.grading.record import Record, Status
from autograder.grading.speed import on_speed
from autograder.grading.worked_values import WorkedValues, kept_or_computed
from autograder.learner.told_once import told_once

CHAPTER = find_chapter("4")
EXERCISES = list(chapters_by_name())
KNOWN = Known()  # of the seed 0
# Timed, trained, with a large gallery, or with many sets.
LONG = {"TripletMNIST", "knn_classify", "recall_at_k", "train_epoch"}
LONG |= {"SimpleMetricEmbedding", "batch_hard_triplet_loss"}
FAMILIES = [
    (chapter, name)
    for name, chapter in chapters_by_name().items()
    if exercises_of(chapter)[name].right
]


def records_with(name: str, *ids: str, seed: int = 0) -> list[Record]:
    """Grade the family of an exercise with these mistakes in it."""
    known = {one.id: one for one in exercises_of(CHAPTER)[name].mistakes}
    code = code_of([known[each] for each in ids], reference(CHAPTER))
    return Grader(Prepared(code), seed, Known()).grade_name(CHAPTER, name)


def named(records: list[Record]) -> dict[str, list[str]]:
    return {one.title: one.mistakes for one in records if one.mistakes}


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_is_a_family(name):
    exercise = exercises_of(chapters_by_name()[name])[name]
    assert exercise.right is not None
    assert sum(bool(one.decides) for one in exercise.mistakes) >= len(exercise.mistakes) / 2


@pytest.mark.parametrize(("chapter", "name"), FAMILIES, ids=[name for _, name in FAMILIES])
def test_a_family_without_a_mistake_is_right(chapter, name):
    right = exercises_of(chapter)[name].right
    assert right is not None
    names = dict(vars(reference(chapter)))
    names[name] = right() if issubclass(right, FunctionFamily) else right
    code = type("Code", (), {key: staticmethod(value) for key, value in names.items()})
    records = Grader(Prepared(code), 0).grade_name(chapter, name)
    assert [(one.title, one.observed) for one in records if not one.passed] == []


@pytest.mark.parametrize(
    ("chapter", "name"),
    [
        pytest.param(chapter, name, id=name, marks=[pytest.mark.slow] * (name in LONG))
        for chapter, name in FAMILIES
    ],
)
def test_of_mistakes_put_together_none_is_named_that_is_not_there(chapter, name):
    pairs = drawn(sets_together(chapter, name, 2), 8, seed=1)
    tally = tally_of(chapter, name, pairs, [0])
    assert tally.counts["wrong"] == 0, tally.shown
    assert tally.counts["all"] >= 0.7 * len(pairs), tally.shown


@pytest.mark.slow
@pytest.mark.parametrize(("chapter", "name"), FAMILIES, ids=[name for _, name in FAMILIES])
def test_nine_of_ten_pairs_of_mistakes_are_named_whole(chapter, name):
    pairs = drawn(sets_together(chapter, name, 2), 60 if name in LONG else 400, seed=0)
    tally = tally_of(chapter, name, pairs, [0])
    assert tally.counts["wrong"] == 0, tally.shown
    assert tally.counts["all"] >= 0.9 * (tally.counts.total() - tally.counts["passed"])


def test_each_check_names_the_mistakes_that_it_takes_to_explain_it():
    assert named(records_with("triplet_loss", "loss-squared-distance", "loss-margin-fixed")) == {
        # The worked example has the margin 1.
        "the four triplets of the worked example": ["loss-squared-distance"],
        "random triplets, and gradients": ["loss-squared-distance", "loss-margin-fixed"],
        "mostly easy triplets": ["loss-squared-distance", "loss-margin-fixed"],
    }


def test_three_mistakes_are_named_together():
    ids = ["loss-squared-distance", "loss-sum", "loss-margin-subtracted"]
    found = named(records_with("triplet_loss", *ids))
    assert set(found["random triplets, and gradients"]) == set(ids)


def test_several_mistakes_are_told_as_a_list():
    first, *_ = records_with("triplet_loss", "loss-squared-distance", "loss-sum")
    assert first.says.splitlines() == [
        "Two mistakes together give the same result:",
        "1. Adding up over the batch instead of taking the mean.",
        "2. Using the squared distance.",
    ]
    assert first.hint == first_hint("triplet_loss", "loss-sum")


def first_hint(name: str, identity: str) -> str:
    mistakes = exercises_of(CHAPTER)[name].mistakes
    return next(one.hints[0] for one in mistakes if one.id == identity)


TOTAL = Exercise("total", "Section", "nudge", "idea", "step")


@TOTAL.family
class Total(FunctionFamily):
    """A sum of three terms, each of them a decision."""

    def __call__(self, x):
        return self.first(x) + self.second(x) + self.third(x)

    def first(self, x):
        return x

    def second(self, x):
        return x

    def third(self, x):
        return x


@TOTAL.mistake("nudge", "idea", "step")
class FirstLeftOut(Total):
    """Leaving out the first gives the same value."""

    def first(self, x):
        return 0


@TOTAL.mistake("nudge", "idea", "step")
class SecondLeftOut(Total):
    """Leaving out the second gives the same value."""

    def second(self, x):
        return 0


@TOTAL.mistake("nudge", "idea", "step")
class ThirdSquared(Total):
    """Squaring the third gives the same value."""

    def third(self, x):
        return x * x


def explained(total) -> dict[str, tuple[set[str], bool]]:
    """Diagnose a function of one number by a check that calls it with 4.0 and with 5.0."""
    right = ModuleType("right")
    vars(right)["total"] = Total()
    runs = []
    for number in (4.0, 5.0):
        check = Check(
            "total", f"{number}", 1, lambda _, x=number: {"x": x}, lambda code, x: code.total(x), ""
        )
        runs.append(Run(check, {"x": number}, 0, Outcome(Ending.RETURNED, total(number))))
    found = diagnose(runs, TOTAL.mistakes, right, WrongOutcomes())
    return {key: ({one.id for one in each.mistakes}, each.is_whole) for key, each in found.items()}


def test_where_two_sets_fit_only_what_they_share_is_named_and_something_else_is_said():
    assert explained(lambda x: 2 * x) == {"4.0": (set(), False), "5.0": (set(), False)}
    shared = ({"third-squared"}, False)
    assert explained(lambda x: x + x * x) == {"4.0": shared, "5.0": shared}


def test_a_set_that_alone_fits_is_named_whole():
    whole = ({"first-left-out", "second-left-out", "third-squared"}, True)
    assert explained(lambda x: x * x) == {"4.0": whole, "5.0": whole}


def test_what_one_check_alone_shows_is_named_there_and_nowhere_else():
    found = explained(lambda x: 2 * x + x * x if x == 4.0 else 0.37)
    assert found == {"4.0": ({"third-squared"}, True)}


def test_what_no_mistakes_explain_has_no_name():
    names = {**vars(reference(CHAPTER)), "triplet_loss": lambda a, p, n, margin=1.0: a.sum() * 0.37}
    code = type("Code", (), {key: staticmethod(value) for key, value in names.items()})
    records = Grader(Prepared(code), 0).grade_name(CHAPTER, "triplet_loss")
    assert named(records) == {}
    assert Status.WRONG in {record.status for record in records}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in EXERCISES],
)
def test_code_that_raises_whatever_is_asked_has_no_name(name):
    class Raising:
        def __init__(self, *args, **kwargs):
            raise TypeError("a slip of the pen")

    chapter = chapters_by_name()[name]
    code = SimpleNamespace(**{**vars(reference(chapter)), name: Raising})
    records = Grader(Prepared(code), 0, KNOWN).grade_name(chapter, name)
    assert named(records) == {}


def test_code_that_gives_zero_whatever_is_asked_is_not_called_several_mistakes():
    """Two odd mistakes together can make every value zero, but so do a hundred others."""
    chapter = find_chapter("6")
    code = SimpleNamespace(**{**vars(reference(chapter)), "recall_at_k": lambda *_, k=1: 0.0})
    for seed in range(3):
        records = Grader(Prepared(code), seed, Known()).grade_name(chapter, "recall_at_k")
        assert all(len(each) < 2 for each in named(records).values())


@pytest.mark.slow
def test_code_that_nothing_explains_is_given_up_before_all_sets_are_run(monkeypatch):
    """To run every set of three would keep a learner waiting for minutes."""
    chapter = find_chapter("2")
    right = reference(chapter).TripletMNIST

    class Odd(right):
        def sample_positive(self, index):
            return min(super().sample_positive(index), super().sample_positive(index))

        def __getitem__(self, index):
            _one, _two, _three, *_ = super().__getitem__(index)

    runs = []
    monkeypatch.setattr(
        "autograder.grading.diagnosis.call_trusted",
        lambda check, *rest: runs.append(check.title) or call_trusted(check, *rest),
    )
    code = SimpleNamespace(**{**vars(reference(chapter)), "TripletMNIST": Odd})
    records = Grader(Prepared(code), 0, Known()).grade_name(chapter, "TripletMNIST")
    assert named(records) == {}
    mistakes = exercises_of(chapter)["TripletMNIST"].mistakes
    assert len(runs) < len(mistakes) * len(checks_of(chapter)) * 3 < len(mistakes) ** 2


def test_mistakes_that_decide_the_same_cannot_be_together():
    known = {one.id: one for one in exercises_of(CHAPTER)["triplet_loss"].mistakes}
    assert not can_be_together([known["loss-sum"], known["loss-not-reduced"]])
    assert can_be_together([known["loss-sum"], known["loss-swapped"]])


def test_a_mistake_is_told_at_its_first_check_and_pointed_to_at_the_others():
    texts = [lines for _, lines in told_once(records_with("triplet_loss", "loss-swapped"))]
    assert "Swapping d(a, p) and d(a, n) gives the same value." in texts[0]
    pointed = [lines for lines in texts[1:] if lines]
    assert pointed
    assert {lines[0] for lines in pointed} <= {
        'The same as in "the four triplets of the worked example".',
        'Right, and held back until "random triplets, and gradients" passes.',
    }


def test_right_code_that_is_very_slow_passes_with_a_remark():
    right = reference(CHAPTER).triplet_loss

    def slow(*batch, margin=1.0):
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass
        return right(*batch, margin=margin)

    names = {**vars(reference(CHAPTER)), "triplet_loss": slow}
    code = type("Code", (), {key: staticmethod(value) for key, value in names.items()})
    records = Grader(Prepared(code), 0).grade_name(CHAPTER, "triplet_loss")
    assert all(record.passed for record in records)
    told = [lines for _, lines in told_once(records)]
    assert told[0][0].startswith("Right, and slow: it took 1")
    assert told[1:] == [[]] * (len(records) - 1)


def test_code_that_is_let_go_half_way_is_not_told_that_it_is_slow():
    records = [Outcome(Ending.RETURNED, True, milliseconds=took) for took in (1_500, 60)]
    assert on_speed(*records) == ""
    assert on_speed(*(replace(one, value=1.0) for one in records))


VALUES = [1.0, 2.0, np.float32(2.0), np.array([1.0, 2.0]), {"loss": 2.0, "share": None}, (1, "a")]


def outcomes() -> dict[tuple[int, ...], Outcome]:
    found = {(place,): Outcome(Ending.RETURNED, value) for place, value in enumerate(VALUES)}
    return {**found, (len(VALUES),): Outcome(Ending.RAISED, error="IndexError")}


@pytest.mark.parametrize("place", range(len(VALUES) + 1))
def test_values_are_found_again_up_to_rounding_and_on_disk(tmp_path, place):
    found = outcomes()
    values = WorkedValues.of(list(found), found.__getitem__)
    values.save(tmp_path / "values.npz")
    for each in (values, WorkedValues.load(tmp_path / "values.npz")):
        like = each.like(found[(place,)])
        assert (place,) in like
        assert set(like) <= {(place,), (1,), (2,)}  # 2.0 is there twice


def test_a_search_that_takes_long_is_announced_the_first_time_only(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.grading.worked_values._folder", lambda: tmp_path)
    found, told = outcomes(), []
    for _ in range(2):
        kept_or_computed("long", [(0,)] * 1_500, found.__getitem__, told.append)
        kept_or_computed("short", [(0,)] * 100, found.__getitem__, told.append)
    assert told == ["Comparing with 1,500 sets of three mistakes; this is done only once ..."]


def test_values_that_cannot_be_read_are_computed_again(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.grading.worked_values._folder", lambda: tmp_path)
    found = outcomes()
    sets = list(found)
    kept_or_computed("key", sets, found.__getitem__)
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"half of a file")
    assert kept_or_computed("key", sets, found.__getitem__).like(found[(0,)]) == [(0,)]

    def never(_):
        raise AssertionError("it was computed though it had been kept")

    assert kept_or_computed("key", sets, never).like(found[(0,)]) == [(0,)]


def test_a_result_that_a_probe_cannot_use_is_no_error_of_the_learner():
    check = next(one for one in checks_of(CHAPTER) if one.name == "pairwise_distances")
    code = type("Code", (), {"pairwise_distances": staticmethod(lambda x, y: 1.0)})
    at_zero = next(one for one in checks_of(CHAPTER) if "distance zero" in one.title)
    for one in (check, at_zero):
        inputs = one.draw(np.random.default_rng(0))
        outcome = call_trusted(one, code, inputs, 0)
        assert outcome.ending in (Ending.RETURNED, Ending.MISMATCH)
        assert "has no attribute" not in outcome.error
