"""Nothing is earned that was not computed: no constant, no worked example by heart, no replay."""

import copy
import functools
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.authoring.kill_matrix import Prepared
from autograder.chapters import EXERCISE_CHAPTERS, Chapter
from autograder.grading.check import TURNS, Check
from autograder.grading.checks import checks_of, names_of
from autograder.grading.comparison import Mismatch
from autograder.grading.grade import Grader, Known, reference
from autograder.grading.opaque import Opaque
from autograder.grading.outcome import Ending, Outcome, call_probe
from autograder.grading.record import Record, Status
from autograder.grading.survey import Survey
from autograder.isolation.frames import pack
from autograder.learner.explanation import explanation
from tests.slow import first_of

SEEDS = range(3)
OTHER_SEEDS = (1_000, 1_001)
ALL = [(chapter, check) for chapter in EXERCISE_CHAPTERS for check in checks_of(chapter)]
KNOWN = {seed: Known() for seed in SEEDS}
pytestmark = pytest.mark.usefixtures("without_diagnosis")

each_check = pytest.mark.parametrize(
    ("chapter", "check"), ALL, ids=[check.identity(chapter.stem[:4]) for chapter, check in ALL]
)
each_chapter = pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda one: one.stem[:4])
each_seed = pytest.mark.parametrize("seed", first_of(SEEDS, 1))

Fill = Callable[[np.ndarray], np.ndarray]


def inputs_of(check: Check, seed: int) -> dict[str, Any]:
    return check.draw(np.random.default_rng(seed))


def companion_of(chapter: Chapter, check: Check) -> Check:
    own = [one for one in checks_of(chapter) if one.name == check.name]
    return next(one for one in own if one.title == check.companion)


def unearned(records: list[Record]) -> list[tuple[str, list[str]]]:
    """Return what was earned, and what was blamed on the grader."""
    return [
        (record.check, explanation(record))
        for record in records
        if record.earned or record.status is Status.GRADER_FAULT
    ]


# Companions


@each_check
def test_a_check_without_a_companion_draws_its_inputs_afresh(chapter: Chapter, check: Check):
    if not check.companion:
        assert pack(inputs_of(check, 0)) != pack(inputs_of(check, 1))


@each_check
def test_a_check_whose_inputs_never_change_has_a_companion(chapter: Chapter, check: Check):
    if pack(inputs_of(check, 0)) == pack(inputs_of(check, 1)):
        assert check.companion


@each_check
def test_a_companion_is_a_check_of_the_same_exercise_without_one(chapter: Chapter, check: Check):
    if check.companion:
        assert companion_of(chapter, check).companion == ""


@each_check
def test_where_there_is_no_companion_the_answer_changes_with_the_inputs(
    chapter: Chapter, check: Check
):
    if not check.companion:
        inputs = inputs_of(check, 0)
        with pytest.raises(Exception):  # noqa: B017  a mismatch, or what cannot be compared
            check.judge(answer(chapter, check, 1).value, answer(chapter, check, 0).value, inputs)


@functools.cache
def answer(chapter: Chapter, check: Check, seed: int) -> Outcome:
    return call_probe(check, reference(chapter), inputs_of(check, seed), seed)


# Chapters that give other results than the right ones

Change = Callable[[Any, tuple[Any, ...]], Any]


def answering(chapter: Chapter, change: Change) -> ModuleType:
    """Return a chapter whose functions and methods give change(right result, arguments)."""
    names = vars(reference(chapter)).copy()
    for name in set(names_of(chapter)) - {"train_epoch"}:
        right = names[name]
        names[name] = (
            class_answering(right, change)
            if isinstance(right, type)
            else function_answering(right, change)
        )
    if "train_epoch" in names_of(chapter):
        # What training does to a network cannot be changed afterwards; so it does nothing.
        names["train_epoch"] = lambda *args: change(1.0, args)
    return SimpleNamespace(**names)  # type: ignore[return-value]


def function_answering(right: Callable[..., Any], change: Change) -> Callable[..., Any]:
    return lambda *args, **options: change(right(*args, **options), (*args, *options.values()))


def class_answering(right: type, change: Change) -> type:
    """Constructors stay: so parameters, lengths and refused sets are all as they should be."""
    is_module = issubclass(right, nn.Module)
    methods = ["forward"] if is_module else ["__getitem__", "sample_positive", "sample_negative"]

    def method_of(name: str) -> Callable[..., Any]:
        def method(self: Any, *args: Any) -> Any:
            given = args if is_module else (*args, self.labels)
            return change(getattr(right, name)(self, *args), given)

        return method

    return type(right.__name__, (right,), {name: method_of(name) for name in methods})


def filled(value: Any, fill: Fill) -> Any:
    """Return a result of the same kinds and shapes, with other values."""
    if isinstance(value, torch.Tensor):
        # It still hangs on what it came from, so that gradients of zero flow back.
        constant = torch.from_numpy(fill(value.detach().numpy()))
        return value * 0 + constant if value.requires_grad else constant
    if isinstance(value, np.ndarray):
        return fill(value)
    if isinstance(value, tuple | list):
        return type(value)(filled(part, fill) for part in value)
    return fill(np.asarray(value)).item()


def of_floats(number: float) -> Fill:
    """Return what fills floating-point arrays with a number, and others with zeros."""
    return lambda array: np.full_like(array, number if array.dtype.kind == "f" else 0)


def noise(array: np.ndarray) -> np.ndarray:
    numbers = 2 * np.random.default_rng(array.size).random(array.shape)
    return np.asarray(numbers).astype(array.dtype)


FILLS: dict[str, Fill] = {
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "random": noise,
    "NaN": of_floats(np.nan),
    "infinity": of_floats(np.inf),
    "minus infinity": of_floats(-np.inf),
}


class AlwaysEqual(torch.Tensor):
    """A tensor that says it equals everything, and is neither less nor more than anything."""

    def __eq__(self, other: object) -> Any:
        return True

    def __ne__(self, other: object) -> Any:
        return False

    __lt__ = __gt__ = __ne__
    __hash__ = torch.Tensor.__hash__


def always_equal(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(always_equal(part) for part in value)
    if isinstance(value, torch.Tensor):
        return filled(value, np.zeros_like).as_subclass(AlwaysEqual)
    return torch.zeros(np.shape(value)).as_subclass(AlwaysEqual)


def points_of(chapter: Chapter, wrong: ModuleType, seed: int) -> list[tuple[str, list[str]]]:
    return unearned(Grader(Prepared(wrong), seed, KNOWN[seed]).grade(chapter))


@each_chapter
@each_seed
@pytest.mark.parametrize("name", FILLS)
def test_constants_and_random_numbers_earn_nothing(chapter: Chapter, seed: int, name: str):
    wrong = answering(chapter, lambda result, _: filled(result, FILLS[name]))
    assert points_of(chapter, wrong, seed) == []


@each_chapter
@each_seed
def test_the_first_argument_earns_nothing(chapter: Chapter, seed: int):
    assert points_of(chapter, answering(chapter, lambda _, args: args[0]), seed) == []


@each_chapter
@each_seed
def test_a_tensor_that_equals_everything_earns_nothing(chapter: Chapter, seed: int):
    wrong = answering(chapter, lambda result, _: always_equal(result))
    assert points_of(chapter, wrong, seed) == []


@each_chapter
@each_seed
def test_an_error_that_names_every_digit_earns_nothing(chapter: Chapter, seed: int):
    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("0 1 2 3 4 5 6 7 8 9")

    wrong: Any = SimpleNamespace(**dict.fromkeys(names_of(chapter), refuse))
    assert points_of(chapter, wrong, seed) == []


@pytest.mark.parametrize(
    "chapter",
    [
        # It counts many draws, in all of its checks.
        pytest.param(one, id=one.stem[:4], marks=[pytest.mark.slow] * one.stem.startswith("ch02"))
        for one in EXERCISE_CHAPTERS
    ],
)
@each_seed
def test_worked_examples_known_by_heart_earn_nothing(chapter: Chapter, seed: int):
    known = calls_of(chapter, OTHER_SEEDS[0]) & calls_of(chapter, OTHER_SEEDS[1])
    assert known or names_of(chapter) == ("train_epoch",)

    def by_heart(result: Any, args: tuple[Any, ...]) -> Any:
        return result if key(args) in known else filled(result, np.zeros_like)

    records = Grader(Prepared(answering(chapter, by_heart)), seed, KNOWN[seed]).grade(chapter)
    assert unearned(records) == []
    # They are right all the same, and told so.
    if known:
        assert [record for record in records if record.status is Status.HELD_BACK]


@functools.cache
def calls_of(chapter: Chapter, seed: int) -> set[bytes]:
    """Return the arguments with which all checks of a chapter call its functions and methods."""
    seen: set[bytes] = set()

    def note(result: Any, args: tuple[Any, ...]) -> Any:
        seen.add(key(args))
        return result

    recording = answering(chapter, note) if names_of(chapter) != ("train_epoch",) else None
    for check in checks_of(chapter) if recording else ():
        call_probe(check, recording, inputs_of(check, seed), seed)
    return seen


def key(args: tuple[Any, ...]) -> bytes:
    return pack(args)


# Results that are forged: what a worker sends whose code has taken the probe's place


class Forger:
    """A worker that has replaced the probes, and sends what it likes."""

    def __init__(self, value_of: Callable[[Chapter, Check], Any]) -> None:
        self.value_of = value_of

    def survey(self, stem: str) -> Survey:
        return Survey(uses={}, findings={})

    def load(self, stem: str) -> None:
        return None

    def call(self, stem: str, check: Check, inputs: dict[str, Any], seed: int) -> Outcome:
        chapter = next(one for one in EXERCISE_CHAPTERS if one.stem == stem)
        return Outcome(Ending.RETURNED, self.value_of(chapter, check))


def forged(chapter: Chapter, seed: int, value_of: Callable[[Chapter, Check], Any]) -> list[Any]:
    return unearned(Grader(Forger(value_of), seed, KNOWN[seed]).grade(chapter))


@each_chapter
@each_seed
def test_the_right_results_of_another_run_earn_nothing(chapter: Chapter, seed: int):
    other = OTHER_SEEDS[seed % 2]
    assert forged(chapter, seed, lambda one, check: answer(one, check, other).value) == []


def without_rows(value: Any) -> Any:
    """Return the same with nothing in it: nothing that could be wrong."""
    if isinstance(value, dict):
        return {name: without_rows(part) for name, part in value.items()}
    if isinstance(value, np.ndarray | torch.Tensor):
        return value[:0] if value.ndim else value
    if isinstance(value, tuple | list):
        return type(value)(without_rows(part) for part in value)
    return value


HOLLOW: dict[str, Callable[[Any], Any]] = {
    "no rows": without_rows,
    "first level only": lambda value: type(value)() if isinstance(value, dict | list) else value,
    "keys only": lambda value: dict.fromkeys(value) if isinstance(value, dict) else None,
    "None": lambda _: None,
    "an empty dict": lambda _: {},
    "an empty list": lambda _: [],
    "pairs of nothing": lambda _: [[None, float("nan")]] * 25,
    "NaN": lambda _: float("nan"),
    "text": lambda _: "right",
    "opaque": lambda _: [Opaque("a thing")],
    "objects": lambda _: np.array([object()] * 3),
}


@each_chapter
@pytest.mark.parametrize("name", HOLLOW)
def test_hollow_results_earn_nothing_and_are_nobodys_fault_but_the_learners(
    chapter: Chapter, name: str
):
    def hollow(chapter: Chapter, check: Check) -> Any:
        return HOLLOW[name](answer(chapter, check, OTHER_SEEDS[0]).value)

    assert forged(chapter, 0, hollow) == []


@each_check
def test_no_judge_accepts_a_right_result_that_was_hollowed_out(chapter: Chapter, check: Check):
    right = answer(chapter, check, 0).value
    hollowed = [hollow(right) for hollow in HOLLOW.values()]
    for value in [one for one in hollowed if pack(one) != pack(right)]:
        with pytest.raises(Exception):  # noqa: B017  a mismatch, or what cannot be compared
            check.judge(value, right, inputs_of(check, 0))


# Times


def timed() -> tuple[Check, dict[str, Any], list[Any]]:
    chapter, check = next((chapter, one) for chapter, one in ALL if TURNS in inputs_of(one, 0))
    return check, inputs_of(check, 0), copy.deepcopy(answer(chapter, check, 0).value)


def with_times(seconds_of: Callable[[str, np.ndarray], float], rows: slice = slice(None)) -> None:
    """Judge what the reference served, as if it had taken other times."""
    check, inputs, observed = timed()
    value = [observed[0]] + [
        [served[rows], seconds_of(name, served[rows])]
        for (name, _), (served, _) in zip(inputs[TURNS], observed[1:], strict=True)
    ]
    check.judge(value, None, inputs)


def test_the_same_time_for_all_sizes_passes():
    with_times(lambda _, rows: 60e-6 * len(rows))


@pytest.mark.parametrize("large", [174e-6, 0.3, np.nan, np.inf])
def test_times_that_grow_or_are_no_times_do_not_pass(large: float):
    seconds = {"small": 15e-6, "middle": (15e-6 + large) / 2, "large": large}
    with pytest.raises(Mismatch, match="no work that grows"):
        with_times(lambda name, rows: seconds[name] * len(rows))


def test_times_that_are_no_times_for_any_size_do_not_pass():
    with pytest.raises(Mismatch):
        with_times(lambda *_: np.nan)


def test_one_long_interruption_is_no_slow_item():
    of_large = iter([9.0] * 4 + [15e-6] * 100)
    with_times(lambda name, rows: (next(of_large) if name == "large" else 15e-6) * len(rows))


def test_a_first_step_up_from_what_fits_in_the_cache_is_no_growth():
    seconds = {"small": 35e-6, "middle": 128e-6, "large": 130e-6}
    with_times(lambda name, rows: seconds[name] * len(rows))


def test_fast_items_count_only_if_they_are_triplets_that_another_check_finds_right():
    check, _, _ = timed()
    assert check.companion == "every item is a triplet"


def test_turns_that_serve_nothing_or_too_few_do_not_pass():
    check, inputs, observed = timed()
    for few in (observed[:1], observed[:4], []):
        with pytest.raises(Mismatch, match="Too few"):
            check.judge(few, None, inputs)
    with pytest.raises(Exception):  # noqa: B017  the grader calls whatever it is wrong
        with_times(lambda *_: 0.0, slice(0))


@pytest.mark.parametrize("column", range(4))
def test_what_is_served_in_time_has_to_be_triplets(column: int):
    check, inputs, observed = timed()
    for rows, _ in observed[1:]:
        rows[:, column] = 0 if column else 1
    with pytest.raises(Mismatch):
        check.judge(observed, None, inputs)


def test_a_worker_hands_on_each_step_and_may_be_given_its_turns_one_by_one():
    check, inputs, _ = timed()
    turns, seen = inputs.pop(TURNS), []

    def step(value: Any) -> Any:
        seen.append(value)
        return turns[len(seen) - 1] if len(seen) <= 3 else None

    chapter = next(chapter for chapter, one in ALL if one is check)
    outcome = call_probe(check, reference(chapter), inputs, 0, step)
    assert outcome == Outcome(Ending.RETURNED, None)
    # A turn that takes long is cut short.
    asked = [indices[: len(rows)] for rows, (_, indices) in zip(seen[1:], turns, strict=False)]
    assert [len(rows) > 0 for rows in seen[1:]] == [True] * 3
    assert [rows[:, 0].tolist() for rows in seen[1:]] == [own.tolist() for own in asked]
