"""Where a course is fetched from: an address, and one commit of it."""

import re

from exercises.given.errors import CourseError

COURSE = re.compile(r"(?P<url>https://[\w.~:/-]+)@(?P<commit>[0-9a-f]{40})", re.ASCII)
TO_FILL_IN = f"https://github.com/OWNER/COURSE@{'0' * 40}"


def url_and_commit(course: str) -> dict[str, str]:
    """Return the url and the commit of a course at "https://...@commit".

    Raises CourseError for anything else: a branch or a tag can come to mean other checks.
    """
    said = COURSE.fullmatch(course)
    if said is None:
        raise CourseError(
            f"{course!r} is no course. Write its address, an @, and the 40 digits of the commit "
            f"that git rev-parse HEAD prints: {TO_FILL_IN}"
        )
    return said.groupdict()
