"""The kinds of exported files that are known."""

from .canvas_grades import KIND as CANVAS
from .canvas_grades import read_canvas_grades
from .cells import Sheet
from .grade_file import GradeFile
from .moodle_grades import KIND as GRADEBOOK
from .moodle_grades import read_moodle_grades
from .worksheet import KIND as WORKSHEET
from .worksheet import read_worksheet

KINDS = {
    CANVAS: read_canvas_grades,
    WORKSHEET: read_worksheet,
    GRADEBOOK: read_moodle_grades,
}


def recognised(sheet: Sheet) -> GradeFile | None:
    """Return what a platform exported, None for any other table."""
    if len(sheet.rows) < 2:
        return None
    found = (read(sheet) for read in KINDS.values())
    return next((one for one in found if one), None)
