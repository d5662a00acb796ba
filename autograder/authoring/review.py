"""All that can be wrong with the misconceptions of one exercise, found in a few seconds."""

from collections.abc import Iterator

from ..chapters import Chapter
from ..grading.grade import Known
from ..grading.misconceptions import exercises_of
from .forms import form_problems
from .kill_matrix import row_of
from .words import exchanged_texts_unseen, word_problems


def review(chapter: Chapter, name: str, seed: int) -> Iterator[str]:
    """Yield one line for each thing to mend. Raises CourseError for data that cannot be read."""
    exercise = exercises_of(chapter)[name]
    known = Known()
    yield from form_problems(chapter, exercise)
    for one in exercise.mistakes:
        row = row_of(one, seed, known)
        if row.survived:
            yield f"{one.id}: passes all checks"
        elif not row.is_named:
            named = ", ".join(sorted({each or "nothing" for each in row.named}))
            yield f"{one.id}: its own code is named {named}"
    problems = list(word_problems(chapter, exercise, seed, known))
    yield from problems
    if not problems:
        for one_id, other, rung in exchanged_texts_unseen(chapter, exercise.mistakes):
            yield f"{one_id} and {other}: nobody would see it if their {rung}s changed places"
