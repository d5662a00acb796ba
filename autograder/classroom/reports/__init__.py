"""The reports of a class: tables for spreadsheets and platforms, pages for people."""

from contextlib import ExitStack
from pathlib import Path

from exercises.given.errors import CourseError

from ..gradebook import Gradebook
from ..rubric import Rubric
from .class_summary import ClassSummary
from .graded_students import graded_students
from .html_report import feedback_name, feedback_page, index_page
from .json_report import json_report
from .markdown_report import summary_text
from .rewriting import rewriting
from .tables import TABLES, CsvTable

FEEDBACK = "feedback"


def write_reports(gradebook: Gradebook, folder: Path, rubric: Rubric, title: str) -> list[Path]:
    """Write every report of a class into a folder, and return their paths.

    One student is in memory at a time. Each file is whole, the one before or the new one.
    Raises CourseError where a file cannot be written.
    """
    try:
        (folder / FEEDBACK).mkdir(parents=True, exist_ok=True)
        return _write(gradebook, folder, rubric, title)
    except OSError as error:
        raise CourseError(f"{folder}: the reports cannot be written ({error}).") from error


def _write(gradebook: Gradebook, folder: Path, rubric: Rubric, title: str) -> list[Path]:
    paths = [folder / name for name in TABLES]
    summary, feedback = ClassSummary(rubric), []
    with ExitStack() as files:
        tables = [
            CsvTable(files.enter_context(rewriting(path)), table(rubric, title))
            for path, table in zip(paths, TABLES.values(), strict=True)
        ]
        paths.append(folder / "grades.json")
        array = files.enter_context(json_report(files.enter_context(rewriting(paths[-1])), title))
        for student in graded_students(gradebook, rubric):
            for table in tables:
                table.add(student)
            array.add(student)
            summary.add(student)
            feedback.append(folder / FEEDBACK / feedback_name(student.student.student))
            with rewriting(feedback[-1]) as file:
                file.write(feedback_page(student, title))
    summary.damaged = sorted(set(gradebook.damaged))
    for name, text in {
        "summary.md": summary_text(summary, title),
        "index.html": index_page(summary, title),
    }.items():
        paths.append(folder / name)
        with rewriting(paths[-1]) as file:
            file.write(text)
    return paths + feedback
