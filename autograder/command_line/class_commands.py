"""What an instructor types: `triplet grade` and what belongs to it."""

from pathlib import Path

import click

from exercises.given.errors import CourseError

from ..chapters import EXERCISE_CHAPTERS, Chapter, find_chapter
from ..isolation.one_thread import think_with_one_thread

LEVELS = ("limits", "none")
REPORT = Path("report")

out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=REPORT,
    show_default=True,
    help="Folder of the gradebook and the reports.",
)
rubric_option = click.option(
    "--rubric",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML file with the points of each check; triplet rubric prints one.",
)


@click.command(short_help="Grade a whole class, safely.")
@click.argument("submissions", type=click.Path(path_type=Path))
@out_option
@rubric_option
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Who is enrolled: the file that Moodle or Canvas exported, which comes back with the "
    "grades filled in; or a CSV with columns such as name, email, id.",
)
@click.option(
    "--assignment",
    metavar="NAME",
    help="Which column of the exported gradebook is for the grades.  [default: the only one]",
)
@click.option(
    "--feedback",
    is_flag=True,
    help="Fill the feedback column of Moodle's worksheet too, where it has no other words.",
)
@click.option(
    "--absent-is-zero",
    is_flag=True,
    help="Give 0 points to who is enrolled and handed in nothing.  [default: no grade]",
)
@click.option(
    "--teams",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV of who handed in together: columns team and member, or Canvas's list of groups.",
)
@click.option(
    "--students",
    "count",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many students there are; decides where SUBMISSIONS can be read in two ways.",
)
@click.option(
    "--within",
    metavar="FOLDER",
    help="Grade only what each student has in this folder: an assignment of nbgrader.",
)
@click.option("--yes", is_flag=True, help="Ask nothing: stop where something is not clear.")
@click.option(
    "--chapter",
    "wanted",
    multiple=True,
    metavar="CHAPTER",
    help="Grade this chapter only; may be given again.  [default: all]",
)
@click.option("--seed", type=click.IntRange(min=0), help="Draw these inputs.  [default: secret]")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Submissions at a time.  [default: cores + 1]"
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="How long a single check may take. Waiting for a core does not count.",
)
@click.option(
    "--budget",
    type=click.FloatRange(min=1),
    default=120.0,
    show_default=True,
    help="How many seconds all checks of a submission may take together.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Grade on the workers of this Dask scheduler, such as tcp://10.0.0.1:8786.",
)
@click.option(
    "--accept",
    type=click.Choice(LEVELS),
    help="Grade although this machine contains strangers' code no better than this level.",
)
def grade(
    submissions: Path,
    out: Path,
    rubric: Path | None,
    roster: Path | None,
    assignment: str | None,
    feedback: bool,
    absent_is_zero: bool,
    teams: Path | None,
    count: int | None,
    within: str | None,
    yes: bool,
    wanted: tuple[str, ...],
    seed: int | None,
    jobs: int | None,
    seconds: float,
    budget: float,
    cluster: str | None,
    accept: str | None,
) -> None:
    """Grade every submission in SUBMISSIONS: what the learning platform gave out, as it is.

    \b
    SUBMISSIONS is a folder, a zip or a tar, and holds one of these:
      a folder, a zip or a tar for each student; a git checkout for each student
      the bulk download of Canvas or Moodle
      loose files with the student's name in front: doe_ch04_triplet_loss.py

    Nobody's code is trusted: each submission runs in a process of its own below all layers that
    this machine has; triplet doctor --isolation says which these are. A chapter that changes
    anything for the next one keeps that process to itself. Every grade is kept before it is told:
    stop at any moment, run the same command again, and it goes on. Only what changed is run again.
    """
    think_with_one_thread()
    from ..classroom.intake.roster import open_roster
    from ..classroom.terms import Terms, require_elsewhere
    from ..isolation.launchers import launcher_for_strangers
    from .class_list import Handed, class_list

    chapters = chosen_exercises(wanted)
    stems = tuple(one.stem for one in chapters) if wanted else ()
    terms = Terms(stems, absent_is_zero=absent_is_zero, feedback=feedback)
    if roster:
        require_elsewhere(roster, out)
    enrolled = open_roster(roster) if roster else None
    students = class_list(Handed(submissions, enrolled, teams, count, within, yes))
    if enrolled:
        terms = terms.with_roster(enrolled, assignment, students)
    with launcher_for_strangers() as launcher:
        if not cluster:
            launcher.prepare()  # first: it loads torch while this process does
        from ..classroom.whole_class import Wishes, grade_whole_class

        wishes = Wishes(out, rubric, chapters, seed, jobs, seconds, budget, accept, cluster, terms)
        grade_whole_class(submissions.name, students, launcher, wishes)


def chosen_exercises(wanted: tuple[str, ...]) -> tuple[Chapter, ...]:
    """Return the chapters that were named, in the order of the course; all where none was."""
    named = {find_chapter(name) for name in wanted}
    return tuple(one for one in EXERCISE_CHAPTERS if one in named or not wanted)


@click.command(short_help="Decide about a check by hand.")
@click.argument("student")
@click.argument("check")
@click.option("--points", type=click.FloatRange(min=0), help="What it is worth.  [default: as run]")
@click.option("--comment", default="", help="Why, for the student.")
@click.option("--author", default=None, help="Who decided.  [default: you]")
@out_option
@rubric_option
def adjust(
    student: str,
    check: str,
    points: float | None,
    comment: str,
    author: str | None,
    out: Path,
    rubric: Path | None,
) -> None:
    """Give CHECK of STUDENT the points that a person decided on, and write the reports again.

    CHECK is named as checks.csv names it, in the first column behind the student. Without --points
    an earlier decision is withdrawn. Decisions survive every regrade, and are marked as such.
    """
    import getpass
    from datetime import UTC, datetime

    from ..classroom.gradebook import open_gradebook
    from ..classroom.reports import write_reports
    from ..classroom.rubric import default_rubric, read_rubric
    from ..classroom.run import only_grader

    worth = read_rubric(rubric) if rubric else default_rubric()
    with only_grader(out), open_gradebook(out) as gradebook:
        if gradebook.student(student) is None:
            known = ", ".join(
                one.student for one, _ in zip(gradebook.students(), range(5), strict=False)
            )
            raise CourseError(f"{out}: no student {student}. There are {known or 'none yet'} ...")
        if check not in worth.points:
            raise CourseError(f'No check "{check}". checks.csv in {out} names them all.')
        now = datetime.now(UTC).isoformat(timespec="seconds")
        gradebook.adjust(student, check, points, comment, author or getpass.getuser(), now)
        write_reports(gradebook, out, worth, out.name)
    click.echo(f"{student}, {check}: {'as run' if points is None else f'{points:g} points'}.")


@click.command("rubric", short_help="Print the points of every check.")
def rubric_command() -> None:
    """Print the points of every check, as a file to change: triplet grade --rubric takes it."""
    from ..classroom.rubric import default_rubric, rubric_text

    click.echo(rubric_text(default_rubric()), nl=False)
