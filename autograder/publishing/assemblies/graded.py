"""Grade every combination of an assembly, and keep the words that the terminal has for each."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console

from exercises.given.errors import CourseError
from exercises.given.progress import progress

from ...chapters import SOLUTIONS, Chapter
from ...grading.check import TURNS
from ...grading.grade import Grader, Known
from ...grading.record import Record, Status
from ...isolation.launchers import Launcher
from ...isolation.workers import Workers
from ...learner.explanation import WIDTH
from ...learner.terminal import show_chapter
from .assembly import Assembly, Chosen

SEED = 0
SECONDS_A_CHECK = 60.0  # the machine may be busy, and no combination waits for ever
TIMED_TRIES = 5
# What says something of the machine, or of the grader, and nothing of the code.
NO_VERDICTS = (Status.GRADER_FAULT, Status.TIMED_OUT, Status.OUT_OF_MEMORY)


@dataclass(frozen=True)
class GradedVersion:
    """What the grader says of one combination: the terminal's lines, and the mistakes it names."""

    passed: bool
    named: tuple[str, ...]
    words: tuple[str, ...]


def graded(
    assembly: Assembly, launcher: Launcher, chosen: Iterable[Chosen]
) -> Iterator[tuple[Chosen, GradedVersion]]:
    """Yield each of the combinations with what the grader says of it, the learner's file and all.

    Raises CourseError for a verdict that says nothing of the code.
    """
    stem = assembly.chapter.stem
    with Workers(launcher, SOLUTIONS, SECONDS_A_CHECK) as workers:
        grader = Grader(workers, SEED, Known())
        for each in chosen:
            workers.sources[stem] = assembly.file(each).encode()
            workers.forget(stem)
            records = _undisturbed(grader, assembly, each)
            _require_verdict(assembly, each, records)
            yield each, said_of(assembly.chapter, records)


def every_combination(assembly: Assembly, launcher: Launcher) -> dict[Chosen, GradedVersion]:
    """Return what the grader says of each combination. Raises CourseError as `require_named` does.

    What one option alone gives comes first: where that is not named, nobody waits for the rest.
    """
    alone = _each_alone(assembly)
    rest = [chosen for chosen in assembly.combinations() if chosen not in set(alone)]
    found = {}
    with progress(f"Grading {assembly.name}", len(alone) + len(rest)) as advance:
        for some in (alone, rest):
            for chosen, said in graded(assembly, launcher, some):
                found[chosen] = said
                advance(1)
            require_named(assembly, found)
    return {chosen: found[chosen] for chosen in assembly.combinations()}


def require_named(assembly: Assembly, found: dict[Chosen, GradedVersion]) -> None:
    """Raise CourseError if an option is not what the source says: right, or a mistake by its id."""
    for place, slot in enumerate(assembly.slots):
        for number, option in enumerate(slot.options):
            said = found[assembly.alone(place, number)]
            wanted = (option.mistake,) if option.mistake else ()
            if said.named == wanted and said.passed == (not option.mistake):
                continue
            ended = ", ".join(said.named) or ("passed" if said.passed else "no mistake with a name")
            raise CourseError(
                f"{assembly.name}, slot {slot.name}: {option.text!r} should be "
                f"{option.mistake or 'right'}, and the grader says: {ended}."
            )


def said_of(chapter: Chapter, records: Sequence[Record]) -> GradedVersion:
    """Return what the terminal shows of the records of one name, without the chapter's title."""
    shown = io.StringIO()
    show_chapter(Console(file=shown, width=WIDTH, color_system=None), chapter, records)
    _, *words = shown.getvalue().strip("\n").splitlines()
    # What is held back is right, so no mistake is to be found in it.
    in_question = [one for one in records if one.status is not Status.HELD_BACK]
    named = {mistake for record in in_question for mistake in record.mistakes}
    passed = all(record.passed for record in records)
    return GradedVersion(passed, tuple(sorted(named)), tuple(words))


def _undisturbed(grader: Grader, assembly: Assembly, chosen: Chosen) -> list[Record]:
    """Return the records, of the first of several tries in which no time was measured too long.

    No option is slow: other work on this machine is, and then a time is wrong for no mistake that
    was chosen.
    """
    there = {option.mistake for option in assembly.options_of(chosen)}
    for _ in range(TIMED_TRIES):
        grader.forget(assembly.chapter)
        records = grader.grade_name(assembly.chapter, assembly.name)
        runs = zip(grader.runs.pop(assembly.name, []), records, strict=False)
        timed = [one for run, one in runs if TURNS in run.inputs and one.status is Status.WRONG]
        if all(one.mistakes and set(one.mistakes) <= there for one in timed):
            break
    return records


def _each_alone(assembly: Assembly) -> list[Chosen]:
    """Return the combinations in which one slot at most has another text than the first."""
    combinations = (
        assembly.alone(place, number)
        for place, slot in enumerate(assembly.slots)
        for number in range(len(slot.options))
    )
    return list(dict.fromkeys(combinations))


def _require_verdict(assembly: Assembly, chosen: Chosen, records: Sequence[Record]) -> None:
    texts = [option.text for option in assembly.options_of(chosen)]
    for record in records:
        if record.status in NO_VERDICTS:
            raise CourseError(
                f"{assembly.name} with {texts}: {record.status} at {record.title!r} "
                f"({record.observed}). Try it once more."
            )
        if record.printed:
            raise CourseError(
                f"{assembly.name} with {texts} prints {record.printed!r}: a warning names the "
                "folder, which is another one on each machine. Write it otherwise."
            )
        if record.passed and record.hint:
            raise CourseError(f"{assembly.name} with {texts}: {record.hint}")
