"""Grade a student's repository with the course's own checks, as autograder.py of Classroom 50.

The runner of Classroom 50 starts this in the student's checkout, at every submission, and reads
result.json there. What fails in here ends without one: Classroom 50 then says that grading failed,
and the points that the student had stay.

The course is fetched apart from the student's repository and at one commit, so that nothing in
there changes the checks. But the workflow that starts the runner lies in that repository, and
whoever changes it can publish any result: take it as feedback, and grade what counts with
`triplet grade` on a machine of your own. Where the machine does not contain strangers' code, the
grader refuses, and says what could be done there.

No secret is used, and none may be written into this file: Classroom 50 publishes it. So the
repository of the course has to be readable without one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COURSE_URL = "%{url}"
COURSE_COMMIT = "%{commit}"
# The level of isolation below the base level that is put up with; nothing for none.
ACCEPT = "%{accept}"
# Points of your own, as `triplet rubric` prints them; nothing for those of the course.
RUBRIC = """\
%{rubric}"""
# To spare the gigabytes of CUDA, which nothing here uses, write the index of PyTorch's CPU builds
# here. The runner gives a submission 15 minutes in all.
EXTRA_INDEX = ""

EXERCISES = "exercises"
RESULT, RELEASE = "result.json", "release-body.md"


def main() -> None:
    """Grade the checkout that this was started in."""
    checkout = Path.cwd()
    # A repository may hold files of these names, and the student's own result is none.
    for name in (RESULT, RELEASE):
        (checkout / name).unlink(missing_ok=True)
    exercises = checkout / EXERCISES
    if exercises.is_symlink() or not exercises.is_dir():
        sys.exit(f"{EXERCISES}: is no folder of this repository, so there is nothing to grade.")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        fetch_course(place)
        written = grade(install_course(place), exercises, place)
        for name in (RELEASE, RESULT):
            shutil.copyfile(written / name, checkout / name)


def fetch_course(place: Path) -> None:
    """Fetch the one commit of the course into the folder "course"."""
    run(place, "git", "init", "--quiet", "course")
    git = ("git", "-C", "course")
    run(place, *git, "fetch", "--quiet", "--depth", "1", COURSE_URL, COURSE_COMMIT)
    run(place, *git, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    fetched = run(place, *git, "rev-parse", "HEAD")
    if fetched != COURSE_COMMIT:
        sys.exit(f"{COURSE_URL}: gave the commit {fetched} in the place of {COURSE_COMMIT}.")


def install_course(place: Path) -> Path:
    """Install the course in an environment of its own, and return its command."""
    if EXTRA_INDEX:
        os.environ["PIP_EXTRA_INDEX_URL"] = EXTRA_INDEX
    run(place, sys.executable, "-m", "venv", "course/.venv")
    pip = ("course/.venv/bin/python", "-m", "pip", "install", "--quiet")
    run(place, *pip, "--constraint", "course/constraints.txt", "--editable", "course")
    return place / "course" / ".venv" / "bin" / "triplet"


def grade(triplet: Path, exercises: Path, place: Path) -> Path:
    """Grade a folder of exercises, and return the folder of what was written."""
    written = place / "written"
    options = ["--out", str(written)]
    if ACCEPT:
        options += ["--accept", ACCEPT]
    if RUBRIC:
        (place / "rubric.toml").write_text(RUBRIC, encoding="utf-8")
        options += ["--rubric", str(place / "rubric.toml")]
    print(run(place, str(triplet), "classroom50", str(exercises), *options))
    return written


def run(place: Path, *command: str) -> str:
    """Run a command and return what it printed; end with its words where it fails.

    It runs in `place`, not in the checkout: Python and git look around where they are started.
    """
    done = subprocess.run(command, cwd=place, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: ended with exit code {done.returncode}.\n{done.stdout}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
