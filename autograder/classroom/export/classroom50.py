"""The grades of one submission as Classroom 50 reads them: result.json, and the release's text."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from exercises.given.errors import CourseError

from ...grading.record import Record
from ...learner.explanation import explanation
from ..gradebook import Grade
from ..reports.markdown_report import plain
from ..rubric import Rubric
from ..scores import CheckScore, Score
from ..submission import LeftAside
from .one_result import check_title, complete_score, not_graded, points_line, records_of

SCHEMA = "classroom50/result/v1"
# What the runner of Classroom 50 tells about a submission, and what its result calls it.
TOLD = {
    "CLASSROOM": "classroom",
    "ASSIGNMENT": "assignment",
    "ASSIGNMENT_TYPE": "assignment_type",
    "OWNER": "owner",
    "SUBMISSION_TAG": "submission",
    "COMMIT_URL": "commit",
    "RELEASE_URL": "release",
    "REVIEW_URL": "review",
}
# A release of GitHub takes 125,000 characters; the table before the explanations needs some.
EXPLAINED = 100_000
# A repository of the course holds these beside the chapters, and nobody meant them to be graded.
HANDED_OUT = ("given/", "__")


def told_by_the_runner(environment: Mapping[str, str]) -> dict[str, str]:
    """Return whose submission it is and where it lies, by the names that a result has for it.

    Raises CourseError for what the environment does not tell.
    """
    missing = [name for name in TOLD if not environment.get(name)]
    if missing:
        raise CourseError(
            f"The environment does not say {', '.join(missing)}. The runner of Classroom 50 sets "
            "it before it starts autograder.py. Elsewhere, grade with triplet grade."
        )
    return {field: environment[name] for name, field in TOLD.items()}


def require_whole_points(rubric: Rubric) -> None:
    """Raise CourseError for a part of a point, which a result cannot hold."""
    for check, worth in rubric.points.items():
        if worth != int(worth):
            raise CourseError(
                f'"{check}" is worth {worth} points, and Classroom 50 takes whole points only. '
                "Multiply all points of the rubric until none has a part."
            )


def classroom50_result(
    grades: Sequence[Grade], rubric: Rubric, told: Mapping[str, str]
) -> dict[str, Any]:
    """Return the result of one submission; no seed is in it, which would tell the drawn inputs.

    told: what `told_by_the_runner` returns. Raises CourseError for parts of points, and where the
    grader itself failed at a check: without a result the runner takes no points.
    """
    require_whole_points(rubric)
    score, earned = complete_score(grades, rubric)
    graded = records_of(grades)
    return {
        "schema": SCHEMA,
        **told,
        "datetime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": int(earned),
        "max-score": int(score.total),
        "tests": [_test(one, graded[one.check]) for one in score.checks],
    }


def _test(score: CheckScore, record: Record) -> dict[str, Any]:
    return {
        "test-name": check_title(record),
        "passed": record.passed,
        "score": int(score.earned or 0),
        "max-score": int(score.worth),
        "output": "\n".join(explanation(record)),
    }


def release_text(
    grades: Sequence[Grade], rubric: Rubric, left_aside: Sequence[LeftAside] = ()
) -> str:
    """Return what the release says, as Markdown; nothing in it that learners wrote is Markdown.

    left_aside: the files that were not graded. Raises CourseError as `classroom50_result` does.
    """
    score, _ = complete_score(grades, rubric)
    graded = records_of(grades)
    meant = [one for one in left_aside if not one.path.startswith(HANDED_OUT)]
    lines = [f"### {plain(points_line(score))}", ""]
    lines += [f"- {plain(line)}" for line in not_graded(meant)]
    lines += ["", *_table(score, graded), ""]
    failed = [graded[one.check] for one in score.checks if not graded[one.check].passed]
    return "\n".join([*lines, *_explained(failed)]) + "\n"


def _table(score: Score, graded: Mapping[str, Record]) -> list[str]:
    lines = ["| Check | Passed | Points |", "| --- | --- | --- |"]
    for one in score.checks:
        record = graded[one.check]
        points = f"{int(one.earned or 0)} of {int(one.worth)}"
        passed = "yes" if record.passed else "no"
        lines.append(f"| {plain(check_title(record))} | {passed} | {points} |")
    return lines


def _explained(failed: Sequence[Record]) -> list[str]:
    """Return the explanations, each as a block of code: what a learner worded stays text in it."""
    lines: list[str] = []
    length = 0
    for number, record in enumerate(failed):
        block = [f"**{plain(check_title(record))}**", ""]
        block += [f"    {line}" for line in explanation(record)]
        length += sum(len(line) + 1 for line in block)
        if length > EXPLAINED:
            return [*lines, f"{len(failed) - number} more are explained in result.json."]
        lines += [*block, ""]
    return lines
