"""The reports of a class: tables for spreadsheets and platforms, pages for people."""

import sqlite3
from contextlib import ExitStack
from pathlib import Path

from exercises.given.errors import CourseError

from ..gradebook import Gradebook
from ..kept_breaks import kept_breaks
from ..kept_lines import kept_lines
from ..rubric import Rubric
from ..terms import kept_terms
from .arrivals import Arrivals
from .class_page import ClassPage
from .class_summary import ClassSummary
from .feedback_page import feedback_page
from .graded_students import graded_students
from .json_report import json_report
from .markdown_report import summary_text
from .rewriting import rewriting
from .tables import TABLES, CsvTable
from .templating import feedback_name

FEEDBACK = "feedback"


def write_reports(
    gradebook: Gradebook, folder: Path, rubric: Rubric, title: str, told: list[str] | None = None
) -> list[Path]:
    """Write every report of a class into a folder, and return the paths of those of the class.

    Each student's page lies in the folder feedback/. One student is in memory at a time. Each file
    is whole, the one before or the new one. What a person has to know of the file that is imported
    goes into `told`. Raises CourseError where a file cannot be written.
    """
    try:
        (folder / FEEDBACK).mkdir(parents=True, exist_ok=True)
        return _write(gradebook, folder, rubric, title, [] if told is None else told)
    except (OSError, sqlite3.Error) as error:
        raise CourseError(f"{folder}: the reports cannot be written ({error}).") from error


def _write(
    gradebook: Gradebook, folder: Path, rubric: Rubric, title: str, told: list[str]
) -> list[Path]:
    terms, damaged = kept_terms(gradebook.folder)
    gradebook.damaged += damaged
    rubric = terms.counted(rubric)
    paths = [folder / name for name in TABLES]
    summary = ClassSummary(rubric)
    arrivals = Arrivals(terms, rubric)
    with (
        ClassPage(rubric) as page,
        kept_lines(gradebook.folder) as lines,
        kept_breaks(gradebook.folder) as breaks,
    ):
        with ExitStack() as files:
            tables = [
                CsvTable(files.enter_context(rewriting(path)), table(rubric, title))
                for path, table in zip(paths, TABLES.values(), strict=True)
            ]
            paths.append(folder / "grades.json")
            json_file = files.enter_context(rewriting(paths[-1]))
            array = files.enter_context(json_report(json_file, title))
            for student in graded_students(gradebook, rubric, breaks, terms.absent_is_zero):
                for table in tables:
                    table.add(student)
                array.add(student)
                summary.add(student)
                page.add(student, arrivals.add(student))
                own_page = folder / FEEDBACK / feedback_name(student.student.student)
                with rewriting(own_page) as file:
                    own_lines = lines.of(student.student.student)
                    file.write(feedback_page(student, title, own_lines))
        paths += arrivals.write(folder)
        told += arrivals.told
        summary.missing, summary.told_of_import = arrivals.missing, arrivals.told
        summary.damaged = sorted(set(gradebook.damaged))
        paths += [folder / "summary.md", folder / "index.html"]
        with rewriting(paths[-2]) as file:
            file.write(summary_text(summary, title))
        with rewriting(paths[-1]) as file:
            page.write(file, summary, title)
    return paths
