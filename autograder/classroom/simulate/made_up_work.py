"""What one person of a made-up class hands in, and what was planted in it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from exercises.given.errors import CourseError

from .made_up_people import MadeUpPerson, made_up_person
from .spoiled_files import BROKEN, HOSTILE, STILL_GRADED
from .ways_to_write import WaysToWrite

MISTAKE, NOT_STARTED, LATE = "mistake", "not started", "late"
ABSENT, SPOILED, ATTACK = "absent", "broken", "hostile"

ROUNDING = 1e-9


@dataclass(frozen=True)
class Shares:
    """How often something is drawn, from 0 to 1.

    mistakes, two: of the exercises, how many have one mistake, and two. not_started: of the
    chapters. late, absent, broken, hostile: of the students.
    """

    mistakes: float = 0.3
    two: float = 0.1
    not_started: float = 0.1
    late: float = 0.1
    absent: float = 0.05
    broken: float = 0.02
    hostile: float = 0.0

    def __post_init__(self) -> None:
        if self.mistakes + self.two > 1 + ROUNDING:
            raise CourseError(
                f"{self.mistakes:g} of the exercises with one mistake and {self.two:g} with two "
                "are more than all of them. Make --mistakes or --two smaller."
            )

    def of_person(self, draws: random.Random) -> "Shares":
        """Return the shares of one person: some take more care than others, the mean stays."""
        total = self.mistakes + self.two
        most = min(1, 1 / total - 1) if total else 0
        care = 1 + most * draws.uniform(-1, 1)
        return replace(self, mistakes=care * self.mistakes, two=care * self.two)


@dataclass(frozen=True)
class Planted:
    """What a student was given: its kind, and what it is: ids of misconceptions, or words."""

    kind: str
    chapter: str = ""
    exercise: str = ""
    what: str = ""


@dataclass
class MadeUpWork:
    """What a person hands in: files by their names. Nothing at all where the person is absent."""

    person: MadeUpPerson
    files: dict[str, bytes] = field(default_factory=dict)
    planted: list[Planted] = field(default_factory=list)

    def has(self, kind: str) -> bool:
        return any(one.kind == kind for one in self.planted)


def made_up_class(
    count: int, ways: Sequence[WaysToWrite], shares: Shares, seed: int
) -> Iterator[MadeUpWork]:
    """Yield the work of each person; it depends on the seed and on the person's place alone."""
    for place in range(count):
        draws = random.Random(f"{seed} {place}")
        yield _work_of(made_up_person(place, draws), ways, shares, draws)


def _work_of(
    person: MadeUpPerson, ways: Sequence[WaysToWrite], shares: Shares, draws: random.Random
) -> MadeUpWork:
    work = MadeUpWork(person)
    shares = shares.of_person(draws)
    if draws.random() < shares.absent:
        work.planted.append(Planted(ABSENT))
        return work
    if draws.random() < shares.late:
        work.planted.append(Planted(LATE))
    texts = {one.chapter.stem: _chapter(one, work, shares, draws) for one in ways}
    spoiled = _spoil(texts, work, shares, draws)
    work.files |= spoiled
    left = texts.keys() - {name.partition(".")[0] for name in spoiled}
    work.files |= {f"{stem}.py": texts[stem].encode() for stem in sorted(left)}
    return work


def _chapter(ways: WaysToWrite, work: MadeUpWork, shares: Shares, draws: random.Random) -> str:
    """Return what the person wrote for a chapter, and note what is planted in it."""
    stem = ways.chapter.stem
    if draws.random() < shares.not_started:
        work.planted.append(Planted(NOT_STARTED, stem))
        return ways.stub()
    counts = {name: _mistakes(shares, draws) for name in ways.exercises}
    style, edits = ways.drawn({name: count for name, count in counts.items() if count}, draws)
    for name, own in edits.items():
        ids = " ".join(one.id for one in own)
        work.planted.append(Planted(MISTAKE, stem, name, ids))
    text = ways.written(style, edits)
    return f"{text}\n# {work.person.login}\n"  # no two people hand in the same bytes


def _mistakes(shares: Shares, draws: random.Random) -> int:
    drawn = draws.random()
    return 2 if drawn < shares.two else int(drawn < shares.two + shares.mistakes)


def _spoil(
    texts: dict[str, str], work: MadeUpWork, shares: Shares, draws: random.Random
) -> dict[str, bytes]:
    """Return the file of a chapter that is broken or hostile, if there is one.

    Where it is not graded, what was planted in it before is no longer there to be found.
    """
    stem = draws.choice(list(texts))
    if draws.random() < shares.hostile:
        what = draws.choice(list(HOSTILE))
        _replant(work, Planted(ATTACK, stem, what=what))
        return {f"{stem}.py": f"{texts[stem]}\n{HOSTILE[what]}".encode()}
    if draws.random() < shares.broken:
        what = draws.choice(list(BROKEN))
        _replant(work, Planted(SPOILED, stem, what=what))
        name, content = BROKEN[what](stem, texts[stem])
        return {name: content}
    return {}


def _replant(work: MadeUpWork, planted: Planted) -> None:
    if planted.what not in STILL_GRADED:
        work.planted = [one for one in work.planted if one.chapter != planted.chapter]
    work.planted.append(planted)
