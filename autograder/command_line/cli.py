"""The command line: `triplet`, its commands, and how every one of them ends."""

import contextlib
import os
import sys

import click

from exercises.given.errors import CourseError

from ..interruption import Interruption, end_in_order
from ..isolation.one_thread import wait_asleep
from .break_command import break_command
from .certificate_command import certificate
from .class_commands import adjust, grade, rubric_command
from .compare_command import compare
from .explain_command import explain
from .export_commands import classroom50, export, gradescope
from .learner_commands import check, doctor, hint, reset, watch_command
from .simulate_command import simulate
from .study_commands import book, experiment, train

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 88}


@click.group(context_settings=HELP)
def cli() -> None:
    """A course on metric learning: read a chapter, fill in its stub, see what is right.

    \b
    First steps
      triplet watch         check the chapter you are at whenever you save it
      triplet check 4       check your chapter 4 once
      triplet hint 4        where to look, what to think of, what to do
      triplet break 4       can you tell right from wrong?
      triplet explain 4     once it passes: three questions about your own code
      triplet train         train a network, and watch it learn
      triplet compare A B   lay two of these trainings side by side
      triplet experiment    train without a digit, then look for that digit
      triplet book          build the book with the numbers of a fresh run
    """


COMMANDS = (
    *(check, watch_command, hint, break_command, explain, reset, doctor),
    *(train, compare, experiment, book, certificate),
    *(grade, adjust, rubric_command, export, gradescope, classroom50, simulate),
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command line; every expected failure is one line and an exit code."""
    end_in_order()
    wait_asleep()
    _make_output_printable()
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        _exit(error.exit_code)
    except CourseError as error:
        _exit(2, f"Error: {error}")
    except (click.Abort, KeyboardInterrupt):
        _exit(130, "Stopped. Nothing half-written was left behind.")
    except Interruption as interruption:
        _exit(interruption.exit_code, f"Stopped by {interruption}.")
    except BrokenPipeError:
        _exit(141)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _exit(1, f"Error: {where}{error.strerror or error}. Free or name another place, run again.")


def _make_output_printable() -> None:
    """Replace what an old console cannot show, instead of ending with an encoding error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _exit(code: int, line: str = "") -> None:
    # The terminal may be gone: then there is nobody to tell, and the exit code says it.
    with contextlib.suppress(OSError):
        if line:
            click.echo(line, err=True)
        sys.stdout.flush()
    if code in (129, 141):
        # Python would print a traceback when it flushes a closed terminal at its end.
        os._exit(code)
    sys.exit(code)
