"""What grades where the students hand in: `triplet export`, and what the exports run there."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exercises.given.errors import CourseError

from ..isolation.one_thread import think_with_one_thread
from .class_commands import LEVELS, rubric_option

if TYPE_CHECKING:  # torch takes two seconds to load, and most commands here need none
    from ..classroom.gradebook import Grade
    from ..classroom.rubric import Rubric
    from ..classroom.submission import Submission

WORKFLOW = Path(".github/workflows/grade.yml")
AUTOGRADER = Path("autograder.py")
SUBMISSION = click.Path(path_type=Path, exists=True, file_okay=False)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), help="Draw these inputs.  [default: secret]"
)
accept_option = click.option(
    "--accept",
    type=click.Choice(LEVELS),
    help="Grade although this machine contains strangers' code no better than this level.",
)
accept_there_option = click.option(
    "--accept",
    type=click.Choice(LEVELS),
    help="Grade there although its machine contains strangers' code no better than this level.",
)
course_option = click.option(
    "--course", help="https://ADDRESS@COMMIT of this course.  [default: to fill in]"
)


@click.command(short_help="Grade one submission, for Gradescope.")
@click.argument("submission", type=SUBMISSION)
@click.option(
    "--results",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The results.json to write.",
)
@rubric_option
@seed_option
@accept_option
def gradescope(
    submission: Path, results: Path, rubric: Path | None, seed: int | None, accept: str | None
) -> None:
    """Grade SUBMISSION, the folder of one student, and write the results as Gradescope reads them.

    Where the grader itself fails, or this machine does not contain the code of strangers, it says
    so, ends with an exit code that is not 0, and leaves no results: nobody loses points by it.
    """
    think_with_one_thread()
    import json

    from ..classroom.export.gradescope import gradescope_results
    from ..classroom.reports.rewriting import rewriting

    results.parent.mkdir(parents=True, exist_ok=True)
    # An earlier submission's results must not be taken for this one's.
    results.unlink(missing_ok=True)
    points = _points(rubric)
    found, grades = _graded(submission, seed, accept)
    content = gradescope_results(grades, points, found.left_aside)
    with rewriting(results) as file:
        json.dump(content, file, indent=2)
    click.echo(content["output"].partition("\n")[0])


@click.command(short_help="Grade one submission, for Classroom 50.")
@click.argument("submission", type=SUBMISSION)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write result.json and release-body.md into.",
)
@rubric_option
@seed_option
@accept_option
def classroom50(
    submission: Path, out: Path, rubric: Path | None, seed: int | None, accept: str | None
) -> None:
    """Grade SUBMISSION, the folder of one student, and write the result as Classroom 50 reads it.

    The exported autograder.py runs this. Whose submission it is stands in the environment, as the
    runner of Classroom 50 sets it. Where the grader itself fails, or this machine does not contain
    the code of strangers, it says so, ends with an exit code that is not 0, and leaves no result:
    nobody loses points by it.
    """
    think_with_one_thread()
    import json
    import os

    from ..classroom.export.classroom50 import (
        classroom50_result,
        release_text,
        require_whole_points,
        told_by_the_runner,
    )
    from ..classroom.reports.rewriting import rewriting

    told = told_by_the_runner(os.environ)
    out.mkdir(parents=True, exist_ok=True)
    result, release = out / "result.json", out / "release-body.md"
    # An earlier submission's result must not be taken for this one's.
    for path in (result, release):
        path.unlink(missing_ok=True)
    points = _points(rubric)
    require_whole_points(points)
    found, grades = _graded(submission, seed, accept)
    content = classroom50_result(grades, points, told)
    with rewriting(release) as file:
        file.write(release_text(grades, points, found.left_aside))
    with rewriting(result) as file:
        json.dump(content, file, indent=2)
    click.echo(f"{content['score']} of {content['max-score']} points.")


def _points(rubric: Path | None) -> "Rubric":
    from ..classroom.rubric import default_rubric, read_rubric_of_checks

    return read_rubric_of_checks(rubric) if rubric else default_rubric()


def _graded(
    submission: Path, seed: int | None, accept: str | None
) -> "tuple[Submission, list[Grade]]":
    """Return what one student handed in, and its grades, found below all layers that there are."""
    import secrets

    from ..classroom.contained import require_contained
    from ..classroom.export.one_submission import grade_one
    from ..classroom.run import LARGEST_SEED
    from ..classroom.station import GradingSettings
    from ..isolation.launchers import launcher_for_strangers

    with launcher_for_strangers() as launcher:
        level = require_contained(launcher, accept)
        settings = GradingSettings(secrets.randbelow(LARGEST_SEED) if seed is None else seed, level)
        return grade_one(submission, settings, launcher)


@click.group(short_help="Write what grades on Gradescope or GitHub.")
def export() -> None:
    """Write what grades where the students hand in: an archive, a script, or a workflow file."""


@export.command("gradescope")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("gradescope.zip"),
    show_default=True,
    help="The archive to write.",
)
@rubric_option
@accept_there_option
def export_gradescope(out: Path, rubric: Path | None, accept: str | None) -> None:
    """Write the zip that Gradescope takes as the autograder of an assignment.

    The same course gives the same bytes. Set the assignment's points to those of the rubric.

    Gradescope's container may lack Landlock or seccomp. Then the autograder refuses, and says so
    to you. --accept limits has it grade all the same. Know what that means: the container holds
    one student's work only, so nobody meets anybody else's; but the reference solutions lie in
    it, and the submitted code can read them, reach what the container reaches, and write results
    of its own.
    """
    from exercises.given.files import replacing

    from ..classroom.export.archive import autograder_zip

    content = autograder_zip(accept, rubric)
    with replacing(out) as temporary:
        temporary.write_bytes(content)
    click.echo(f"{out}: upload it to Gradescope as the autograder of a programming assignment.")


@export.command("workflow")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=WORKFLOW,
    show_default=True,
    help="The file to write, in the repository that students start from.",
)
@course_option
def export_workflow(out: Path, course: str | None) -> None:
    """Write the workflow that grades a student's repository on GitHub at every push.

    It fetches the course by itself, at the commit that you name, so that a student cannot change
    the checks; it needs no secret. A student who may change the workflow may change its result:
    it is feedback, and triplet grade makes the grades that count.
    """
    from ..classroom.export.workflow import workflow_text

    _write_new(out, workflow_text(course) if course else workflow_text())
    click.echo(f"{out}: commit it to the repository that students start from.")
    _ask_for(course)


@export.command("classroom50")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=AUTOGRADER,
    show_default=True,
    help="The file to write.",
)
@course_option
@rubric_option
@accept_there_option
def export_classroom50(
    out: Path, course: str | None, rubric: Path | None, accept: str | None
) -> None:
    """Write the autograder.py of an assignment in Classroom 50, which succeeds GitHub Classroom.

    It fetches the course at the commit that you name, grades the folder exercises of a student's
    repository, and writes result.json. It needs no secret, and must hold none: Classroom 50
    publishes it. Where the grader fails there is no result, and the student's points stay.

    Put it into CLASSROOM/autograders/ASSIGNMENT/ of the repository classroom50, and have the
    assignment's runtime say {"python": "3.11"}.

    A student cannot change autograder.py, the course or the points, and their code runs below the
    layers that triplet doctor --isolation names. But the workflow that starts the runner lies in
    the student's own repository, and whoever changes it can publish any result. So it is feedback,
    and triplet grade makes the grades that count. With --accept the submitted code can read the
    reference solutions and write a result of its own as well.
    """
    from ..classroom.export.course_address import TO_FILL_IN
    from ..classroom.export.script import autograder_text

    _write_new(out, autograder_text(course or TO_FILL_IN, rubric, accept))
    click.echo(f"{out}: put it into CLASSROOM/autograders/ASSIGNMENT/ of your classroom50.")
    _ask_for(course)


def _write_new(out: Path, text: str) -> None:
    from exercises.given.files import replacing

    if out.exists():
        raise CourseError(f"{out}: is there already. Move it away, or name another with --out.")
    with replacing(out) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _ask_for(course: str | None) -> None:
    if not course:
        click.echo("Fill in COURSE_URL and COURSE_COMMIT first.")
