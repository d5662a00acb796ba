"""What grades where the students hand in: `triplet gradescope` and `triplet export`."""

from pathlib import Path

import click

from exercises.given.errors import CourseError

from ..isolation.one_thread import think_with_one_thread
from .class_commands import LEVELS, rubric_option

WORKFLOW = Path(".github/workflows/grade.yml")


@click.command(short_help="Grade one submission, for Gradescope.")
@click.argument("submission", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--results",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The results.json to write.",
)
@rubric_option
@click.option("--seed", type=click.IntRange(min=0), help="Draw these inputs.  [default: secret]")
@click.option(
    "--accept",
    type=click.Choice(LEVELS),
    help="Grade although this machine contains strangers' code no better than this level.",
)
def gradescope(
    submission: Path, results: Path, rubric: Path | None, seed: int | None, accept: str | None
) -> None:
    """Grade SUBMISSION, the folder of one student, and write the results as Gradescope reads them.

    Where the grader itself fails, or this machine does not contain the code of strangers, it says
    so, ends with an exit code that is not 0, and leaves no results: nobody loses points by it.
    """
    think_with_one_thread()
    import json
    import secrets

    from ..classroom.contained import require_contained
    from ..classroom.export.gradescope import gradescope_results
    from ..classroom.export.one_submission import grade_one
    from ..classroom.reports.rewriting import rewriting
    from ..classroom.rubric import default_rubric, read_rubric
    from ..classroom.run import LARGEST_SEED
    from ..classroom.station import GradingSettings
    from ..isolation.launchers import launcher_for_strangers

    results.parent.mkdir(parents=True, exist_ok=True)
    # An earlier submission's results must not be taken for this one's.
    results.unlink(missing_ok=True)
    points = read_rubric(rubric) if rubric else default_rubric()
    with launcher_for_strangers() as launcher:
        level = require_contained(launcher, accept)
        settings = GradingSettings(secrets.randbelow(LARGEST_SEED) if seed is None else seed, level)
        found, grades = grade_one(submission, settings, launcher)
    content = gradescope_results(grades, points, found.left_aside)
    with rewriting(results) as file:
        json.dump(content, file, indent=2)
    click.echo(content["output"].partition("\n")[0])


@click.group(short_help="Write what grades on Gradescope or GitHub.")
def export() -> None:
    """Write what grades where the students hand in: an archive, or a workflow file."""


@export.command("gradescope")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("gradescope.zip"),
    show_default=True,
    help="The archive to write.",
)
@rubric_option
@click.option(
    "--accept",
    type=click.Choice(LEVELS),
    help="Grade there although its container contains strangers' code no better than this level.",
)
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
@click.option("--course", help="https://ADDRESS@COMMIT of this course.  [default: to fill in]")
def export_workflow(out: Path, course: str | None) -> None:
    """Write the workflow that grades a student's repository on GitHub at every push.

    It fetches the course by itself, at the commit that you name, so that a student cannot change
    the checks; it needs no secret. A student who may change the workflow may change its result:
    it is feedback, and triplet grade makes the grades that count.
    """
    from exercises.given.files import replacing

    from ..classroom.export.workflow import workflow_text

    text = workflow_text(course) if course else workflow_text()
    if out.exists():
        raise CourseError(f"{out}: is there already. Move it away, or name another with --out.")
    with replacing(out) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"{out}: commit it to the repository that students start from.")
    if not course:
        click.echo("Fill in COURSE_URL and COURSE_COMMIT first.")
