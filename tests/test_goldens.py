"""Golden reports: a folder of submitted chapters, and exactly what the terminal says of it.

python -m tests.test_goldens      write the reports afresh; read the difference before committing
"""

import io
import re
import sys
from pathlib import Path

import pytest
from rich.console import Console

from autograder.chapters import EXERCISE_CHAPTERS
from autograder.grading.grade import grade_chapters
from autograder.isolation.in_process import InProcess
from autograder.learner.journal import Journal
from autograder.learner.terminal import show_chapter, show_progress
from autograder.stubs import stub_of

CASES = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())
SEED = 0


def report(case: Path, folder: Path) -> str:
    """Grade the case's files, with stubs for the other chapters, and return what is shown."""
    for chapter in EXERCISE_CHAPTERS:
        submitted = case / f"{chapter.stem}.py"
        text = submitted.read_text(encoding="utf-8") if submitted.exists() else stub_of(chapter)
        (folder / f"{chapter.stem}.py").write_text(text, encoding="utf-8")
    shown = io.StringIO()
    console = Console(file=shown, width=100, color_system=None, force_terminal=False)
    journal = Journal(folder / "progress.json")
    caller = InProcess(folder)
    for chapter in EXERCISE_CHAPTERS:
        records = grade_chapters(caller, SEED, [chapter])
        journal.note(records)
        submitted = case / f"{chapter.stem}.py"
        if submitted.exists():
            # Exercises that were added later are not what the case is about.
            text = submitted.read_text(encoding="utf-8")
            show_chapter(console, chapter, [record for record in records if record.name in text])
    show_progress(console, journal)
    # How far the bar is depends on all exercises that there are.
    return re.sub(r"^Progress: .*", "Progress: ...", shown.getvalue(), flags=re.M)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_report_is_the_golden_one(case: Path, tmp_path: Path):
    assert report(case, tmp_path) == (case / "report.txt").read_text(encoding="utf-8")


def test_there_are_golden_cases():
    assert len(CASES) >= 5


if __name__ == "__main__":
    import tempfile

    for one in CASES:
        with tempfile.TemporaryDirectory() as place:
            (one / "report.txt").write_text(report(one, Path(place)), encoding="utf-8")
        sys.stdout.write(f"wrote {one / 'report.txt'}\n")
