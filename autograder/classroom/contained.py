"""Refuse to run strangers' code where this machine does not contain it."""

from exercises.given.errors import CourseError

from ..isolation import level as levels
from ..isolation.launchers import Launcher


def require_contained(launcher: Launcher, accept: str | None) -> levels.Level:
    """Return the level of isolation that there is, found by trying every forbidden act.

    accept: the level below base that a person puts up with. Raises CourseError for a level that
    nobody accepted.
    """
    results = levels.attempt_acts(launcher)
    level = levels.level_of(results)
    if level is not levels.Level.BASE and accept != level:
        possible = ", ".join(result.name for result in results if not result.is_stopped)
        raise CourseError(
            f"This machine does not contain the code of strangers (level {level}): it could "
            f"{possible}. Grade on Linux with Landlock and seccomp, or in a container, or say "
            f"--accept {level}. triplet doctor --isolation has the whole table."
        )
    return level
