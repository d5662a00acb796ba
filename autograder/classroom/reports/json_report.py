"""The class as JSON, written student by student."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, TextIO

from .graded_students import GradedStudent


class JsonArray:
    """An array whose elements are written one by one."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._separator = file, "\n"

    def add(self, student: GradedStudent) -> None:
        """Write one student."""
        self._file.write(self._separator + json.dumps(_plain(student)))
        self._separator = ",\n"


@contextmanager
def json_report(file: TextIO, title: str) -> Iterator[JsonArray]:
    """Write the frame of the report around the students that the block adds."""
    file.write(f'{{"title": {json.dumps(title)}, "students": [')
    yield JsonArray(file)
    file.write("\n]}\n")


def _plain(student: GradedStudent) -> dict[str, Any]:
    own, score = student.student, student.score
    totals = {"earned": score.earned, "total": score.total, "comment": score.comment}
    checks = [_check(student, index) for index in range(len(score.checks))]
    breaks = student.breaks.as_dict() if student.breaks and student.breaks.is_begun else None
    return {**asdict(own), **totals, "checks": checks, "breaks": breaks}


def _check(student: GradedStudent, index: int) -> dict[str, Any]:
    one = student.score.checks[index]
    grade = student.grades.get(one.check)
    record: dict[str, object] = grade.record.as_dict() if grade else {"status": "not graded"}
    if examples := student.examples_of(one.check):
        record = {"status": "read", "observed": examples}
    record.pop("points", None)  # what the course says; worth is what the rubric says
    return {**record, **asdict(one)}
