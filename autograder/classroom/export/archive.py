"""The archive that Gradescope takes as an autograder: the course, and two scripts at its root."""

import io
import stat
import zipfile
from pathlib import Path

from ..rubric import read_rubric_of_checks
from .course_files import course_files
from .fill_in import filled_in

RUBRIC = "rubric.toml"
SCRIPTS = ("run_autograder", "setup.sh")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can hold
UNIX = 3


def autograder_zip(accept: str | None, rubric: Path | None) -> bytes:
    """Return the archive; the same course, level and rubric give the same bytes.

    accept: the level below base that run_autograder puts up with. rubric: a TOML file of points.
    Raises CourseError for a rubric that does not fit the course, or a course that is not whole.
    """
    files = course_files()
    options = [f"--accept {accept}"] if accept else []
    if rubric:
        read_rubric_of_checks(rubric)
        files[RUBRIC] = rubric.read_bytes()
        options.append(f'--rubric "$AUTOGRADER/source/{RUBRIC}"')
    extra = "".join(f" {option}" for option in options)
    files["run_autograder"] = filled_in("run_autograder", options=extra).encode()
    files["setup.sh"] = filled_in("setup.sh").encode()
    return _zipped(files)


def _zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    # Stored, not compressed: other versions of zlib would give other bytes.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, EARLIEST)
            info.create_system = UNIX
            info.external_attr = (stat.S_IFREG | (0o755 if name in SCRIPTS else 0o644)) << 16
            archive.writestr(info, content)
    return target.getvalue()
