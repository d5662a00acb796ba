"""Are the words of each misconception those of its code? The wrong submissions tell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from exercises.given.errors import CourseError

from ..chapters import Chapter
from ..grading.diagnosis import Diagnosis, Run, diagnose
from ..grading.grade import Grader, Known, reference
from ..grading.loading import ChapterSources
from ..grading.misconception import Exercise, Misconception
from ..grading.record import Record, Status
from ..isolation.in_process import InProcess
from .submissions import RUNGS, WrongSubmission, texts_of, unfit_words, wrong_submissions


def word_problems(chapter: Chapter, exercise: Exercise, seed: int, known: Known) -> Iterator[str]:
    """Yield each mistake without a wrong submission that is named by its id and fits its words."""
    submissions = wrong_submissions(chapter)
    for one in exercise.mistakes:
        submission = submissions.get(one.id)
        if submission is None:
            yield f"{one.id}: has no wrong submission"
            continue
        yield from unfit_words(submission, one)
        try:
            named = names_of(graded(submission, exercise, seed, known)[0])
        except CourseError as error:
            yield str(error)
            continue
        if named != {one.id}:
            yield f"{one.id}: its wrong submission is named {', '.join(sorted(named)) or 'nothing'}"


def graded(
    submission: WrongSubmission, exercise: Exercise, seed: int, known: Known
) -> tuple[list[Record], list[Run]]:
    """Return the records of an exercise in a wrong submission, and the runs that they rest on."""
    caller = InProcess(ChapterSources(submission.sources()))
    grader = Grader(caller, seed, known)
    records = grader.grade_name(submission.chapter, exercise.name)
    return records, grader.runs[exercise.name]


def names_of(records: Iterable[Record]) -> set[str]:
    """Return the misconceptions that the failed records name, "" for a record that names none."""
    # What is held back is right, so no mistake is to be found in it.
    settled = (Status.PASSED, Status.HELD_BACK)
    return {record.misconception for record in records if record.status not in settled}


def exchanged_texts_unseen(
    chapter: Chapter, mistakes: Sequence[Misconception]
) -> Iterator[tuple[str, str, str]]:
    """Yield (id, id, rung) where two texts of a rung could change places and nobody would see it.

    Two texts that are equal, word by word, do no harm in each other's place.
    """
    submissions = wrong_submissions(chapter)
    for one, other in combinations(mistakes, 2):
        words, other_words = submissions[one.id].words, submissions[other.id].words
        for place, rung in enumerate(RUNGS):
            text, other_text = texts_of(one)[place], texts_of(other)[place]
            fits = words[place] in other_text and other_words[place] in text
            if text != other_text and fits:
                yield one.id, other.id, rung


def exchanged_codes_unseen(
    chapter: Chapter, exercise: Exercise, seed: int, known: Known
) -> Iterator[tuple[str, str]]:
    """Yield the neighbours whose code could change places, and each would still be named.

    Neighbours are most alike. Of others the same holds wherever each wrong submission has one name
    only: whatever code explains it, no second one does.
    """
    submissions = wrong_submissions(chapter)
    runs = {
        one.id: graded(submissions[one.id], exercise, seed, known)[1] for one in exercise.mistakes
    }
    for one, other in pairwise(exercise.mistakes):
        # The rest are as they were, so they name nothing that they did not name before.
        exchanged = [with_code_of(one, other), with_code_of(other, one)]
        named = [
            diagnose(runs[each.id], exchanged, reference(chapter), known.wrong)
            for each in (one, other)
        ]
        if [ids_in(each) for each in named] == [{one.id}, {other.id}]:
            yield one.id, other.id


def with_code_of(words: Misconception, code: Misconception) -> Misconception:
    return replace(words, wrong=code.wrong, decides=code.decides)


def ids_in(diagnosis: Diagnosis) -> set[str]:
    """Return the ids of all mistakes that a diagnosis names."""
    return {one.id for explained in diagnosis.values() for one in explained.mistakes}
