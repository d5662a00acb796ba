"""The autograder.py that Classroom 50 runs for each submission."""

from pathlib import Path

from ..rubric import read_rubric_of_checks, rubric_text
from .classroom50 import require_whole_points
from .course_address import url_and_commit
from .fill_in import filled_in


def autograder_text(course: str, rubric: Path | None = None, accept: str | None = None) -> str:
    """Return the script that grades with the course at "https://...@commit".

    accept: the level below base that it puts up with. rubric: a TOML file of points, which the
    script then holds. Raises CourseError for another address, and for a rubric that does not fit
    the course or has parts of points.
    """
    points = ""
    if rubric:
        read = read_rubric_of_checks(rubric)
        require_whole_points(read)
        points = rubric_text(read)
    return filled_in(
        "grade_repository.py", **url_and_commit(course), rubric=points, accept=accept or ""
    )
