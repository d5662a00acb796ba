"""What a person needs to know about a check that did not pass, as lines of text."""

from ..grading.record import Record, Status

INDENT = "  "
WIDTH = 80


def explanation(record: Record) -> list[str]:
    """Return what a person needs to know about a check that did not pass, line by line."""
    if record.status is Status.PASSED:
        return [record.hint] if record.hint else []
    return [*_reason(record), *next_step(record), *_printed(record)]


def _reason(record: Record) -> list[str]:
    match record.status:
        case Status.NOT_STARTED:
            return ["Not started."]
        case Status.HELD_BACK:
            return [f'Right, and held back until "{record.waiting_for}" passes.']
        case Status.WAITING:
            return [f"Waiting for {record.waiting_for}."]
        case Status.GRADER_FAULT:
            return [
                f"The grader failed, not your code ({record.observed}).",
                "No points were taken. Please report this.",
            ]
    lines = [record.observed, record.expected]
    if len(" ".join(lines)) <= WIDTH - len(INDENT) and "\n" not in record.observed:
        lines = [" ".join(lines)]
    lines = [part for line in lines for part in line.splitlines() if part.strip()]
    return [*lines, *record.says.splitlines()]


def next_step(record: Record) -> list[str]:
    """Return what to do next about a check: a hint, and what to read."""
    page = f"book/{record.stem}.md"
    match record.status:
        case Status.NOT_STARTED:
            return [f"Begin at {page}."]
        case Status.WAITING | Status.HELD_BACK | Status.GRADER_FAULT | Status.FORBIDDEN:
            return []
        case Status.TIMED_OUT:
            return ["Look for a loop that never ends, or work that grows with the data."]
    hint = [f"Next: {record.hint}"] if record.hint else []
    read = [f'Read "{record.section}" in {page}.'] if record.section else []
    return [*hint, *read]


def _printed(record: Record) -> list[str]:
    if not record.printed.strip():
        return []
    return ["Your code printed:", *(INDENT + line for line in record.printed.splitlines())]
