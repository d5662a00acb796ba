"""The checks, hardest first."""

from collections.abc import Iterable

from ..class_summary import CheckProgress


def hardest_first(progress: Iterable[CheckProgress]) -> list[CheckProgress]:
    """Return the checks by the share of students who pass; those that nobody ran come last."""
    return sorted(progress, key=lambda one: one.passed / one.graded if one.graded else 2.0)
