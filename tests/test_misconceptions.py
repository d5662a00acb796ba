"""The kill matrix: every named mistake is caught and named; right code, however written, is not."""

import ast
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import autograder.authoring.__main__ as author
from autograder.authoring.forms import form_problems
from autograder.authoring.kill_matrix import Prepared, rows_of
from autograder.authoring.review import review
from autograder.authoring.submissions import texts_of, wrong_submissions
from autograder.authoring.words import (
    exchanged_codes_unseen,
    exchanged_texts_unseen,
    word_problems,
)
from autograder.chapters import EXERCISE_CHAPTERS, Chapter, find_chapter
from autograder.grading.checks import checks_of, names_of
from autograder.grading.edits import mutants_of
from autograder.grading.grade import Grader, Known, grade_chapters, reference
from autograder.grading.loading import load_chapter
from autograder.grading.misconceptions import exercises_of, misconceptions_of
from autograder.grading.record import Record
from autograder.isolation.in_process import InProcess
from autograder.learner.explanation import explanation

SEEDS = range(1)  # `make seeds` takes as many as one likes; CI takes 20, this among them
ACCEPTED = sorted(path for path in (Path(__file__).parent / "accepted").iterdir() if path.is_dir())
ALL = [one for chapter in EXERCISE_CHAPTERS for one in misconceptions_of(chapter)]

EXERCISES = [
    pytest.param(chapter, name, id=name)
    for chapter in EXERCISE_CHAPTERS
    for name in names_of(chapter)
]
# What is timed, trains, or needs a large gallery takes its time in each of many runs.
LONG = {"TripletMNIST", "knn_classify", "recall_at_k", "train_epoch"}
QUICK = {"pairwise_distances", "triplet_loss", "triplet_loss_gradient", "valid_triplets", "pca"}
each_exercise = pytest.mark.parametrize(("chapter", "name"), EXERCISES)
each_chapter = pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda one: one.stem[:4])


@pytest.mark.parametrize(
    "chapter",
    [
        pytest.param(
            one, id=one.stem[:4], marks=[pytest.mark.slow] * (not {*names_of(one)} <= QUICK)
        )
        for one in EXERCISE_CHAPTERS
    ],
)
def test_every_misconception_fails_and_is_named_by_its_own_id(chapter: Chapter):
    rows = [row for seed in SEEDS for row in rows_of(seed, [chapter])]
    assert rows
    assert [(row.misconception, row.seed) for row in rows if row.survived] == []
    assert [(row.misconception, row.named, row.seed) for row in rows if not row.is_named] == []


@each_chapter
@pytest.mark.parametrize("folder", ACCEPTED, ids=lambda one: one.name)
def test_right_code_however_written_gets_full_marks(folder: Path, chapter: Chapter):
    assert not_passed(folder, chapter, SEEDS) == []


def not_passed(folder: Path, chapter: Chapter, seeds: range) -> list[tuple[int, str, list[str]]]:
    """Grade what a chapter of a folder defines under many seeds; return what did not pass."""
    caller = InProcess(folder)
    records = [record for seed in seeds for record in grade_chapters(caller, seed, [chapter])]
    written = names_in(folder, chapter)
    return [
        (record.seed, record.check, explanation(record))
        for record in records
        if record.name in written and not record.passed
    ]


def names_in(folder: Path, chapter: Chapter) -> set[str]:
    """Return the names of a chapter that its file in a folder defines."""
    return set(names_of(chapter)) & vars(load_chapter(folder, chapter.stem)).keys()


@each_exercise
def test_every_exercise_is_written_in_another_way_too(chapter: Chapter, name: str):
    assert [folder for folder in ACCEPTED if name in names_in(folder, chapter)]


def test_there_are_five_accepted_folders_with_every_chapter():
    assert len(ACCEPTED) >= 5
    for folder in ACCEPTED:
        assert {path.stem for path in folder.glob("ch*.py")} == {
            chapter.stem for chapter in EXERCISE_CHAPTERS
        }


def test_every_misconception_has_an_id_of_its_own():
    assert Counter(one.id for one in ALL).most_common(1)[0][1] == 1


@each_exercise
def test_the_words_of_a_misconception_have_the_form_that_learners_are_used_to(chapter, name):
    assert list(form_problems(chapter, exercises_of(chapter)[name])) == []


@each_exercise
def test_every_name_has_checks_and_misconceptions(chapter, name):
    assert exercises_of(chapter)[name].mistakes
    assert [check for check in checks_of(chapter) if check.name == name]


@pytest.mark.parametrize(
    ("chapter", "name"),
    [
        pytest.param(*one.values, id=one.id, marks=[pytest.mark.slow] * (one.id not in QUICK))
        for one in EXERCISES
    ],
)
def test_a_wrong_submission_written_from_the_words_is_named_by_them(chapter, name):
    assert list(word_problems(chapter, exercises_of(chapter)[name], 0, Known())) == []


@each_exercise
def test_texts_of_two_misconceptions_cannot_change_places_unseen(chapter, name):
    assert list(exchanged_texts_unseen(chapter, exercises_of(chapter)[name].mistakes)) == []


@pytest.mark.slow
@each_exercise
def test_the_code_of_two_misconceptions_cannot_change_places_unseen(chapter, name):
    assert list(exchanged_codes_unseen(chapter, exercises_of(chapter)[name], 0, Known())) == []


@each_chapter
def test_no_wrong_submission_is_left_of_a_misconception_that_is_gone(chapter: Chapter):
    assert set(wrong_submissions(chapter)) == {one.id for one in misconceptions_of(chapter)}


def test_what_is_wrong_with_an_exercise_is_found(monkeypatch):
    """Each kind of fault that an author can make, in the exercise with the fewest mistakes."""
    chapter = find_chapter("4")
    exercise = exercises_of(chapter)["pairwise_distances"]
    right = exercise.mistakes
    first, second, *_ = right
    faults = {
        "no section": replace(first, section="Elsewhere"),
        "verb in -ing": replace(first, says="The root is missing. It gives the same values."),
        "two of its hints": replace(first, hints=(first.hints[0], *first.hints[:2])),
        "passes all checks": replace(first, wrong=reference(chapter).pairwise_distances),
        "is not in its nudge": replace(first, hints=second.hints),
        "is named distances-nan-gradient": replace(first, wrong=second.wrong),
        "has no wrong submission": replace(first, id="distances-new"),
    }
    for told, faulty in faults.items():
        others = [replace(second, wrong=first.wrong)] if "is named" in told else [second]
        monkeypatch.setattr(exercise, "mistakes", [faulty, *others, *right[2:]])
        assert told in "\n".join(review(chapter, exercise.name, 0)), told


def test_texts_that_change_places_are_found():
    chapter = find_chapter("4")
    first, second, *_ = exercises_of(chapter)["triplet_loss"].mistakes
    submissions = wrong_submissions(chapter)
    both = tuple(f"{a} {b}" for a, b in zip(texts_of(first), texts_of(second), strict=True))
    blurred = [replace(first, says=both[0]), replace(second, says=both[0] + " Again.")]
    assert submissions[first.id].words != submissions[second.id].words
    assert list(exchanged_texts_unseen(chapter, blurred)) == [(first.id, second.id, "sentence")]


def test_mutations_are_small_edits_that_are_still_python():
    source = "def scaled(x: int, by=2):\n    return -x.clamp(min=0) * by if x > 1 else None\n"
    edits = {(one.before, one.after) for one in mutants_of(source, "scaled")}
    assert ("2", "3") in edits and ("x > 1", "x >= 1") in edits
    assert ("x.clamp(min=0)", "x") in edits and ("x.clamp(min=0)", "x.clamp()") in edits
    assert not {before for before, _ in edits if before == "int"}
    for one in mutants_of(source, "scaled"):
        assert one.source != source
        ast.parse(one.source)


def test_the_author_command_says_what_is_in_order(capsys):
    author.main(["pairwise_distances"], standalone_mode=False)
    assert capsys.readouterr().out == "pairwise_distances (chapter 4): in order\n"


@pytest.mark.slow
def test_the_author_command_lists_what_no_mistake_names(capsys):
    author.main(["valid_triplets", "--mutations"], standalone_mode=False)
    said = capsys.readouterr().out
    # Broadcasting puts an axis in front by itself: that edit is no mistake.
    assert "passed: solutions, line 18: negatives[:, None, :] -> negatives" in said
    assert "without a name: solutions, line 18" in said


def test_a_record_of_a_known_mistake_says_all_that_a_report_needs():
    record: Record
    chapter = find_chapter("4")
    swapped = next(one for one in ALL if one.id == "loss-swapped")
    grader = Grader(Prepared(swapped.code(reference(chapter))), seed=7)
    record = grader.grade_name(chapter, "triplet_loss")[0]
    assert record.misconception == "loss-swapped"
    assert record.observed and record.expected and record.says and record.hint
    assert record.seed == 7
    assert record.points > record.earned == 0
    assert record.section == "Definition"
