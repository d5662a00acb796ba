"""The summary of a class as Markdown."""

import re
from collections.abc import Sequence

from .class_summary import ClassSummary

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>])")


def summary_text(summary: ClassSummary, title: str) -> str:
    """Return the summary; nothing in it that learners wrote is Markdown or HTML."""
    lines = [f"# {plain(title)}", ""]
    lines.append(
        f"{summary.students} students, {summary.handed_in} handed in, "
        f"{summary.incomplete} without a complete grade."
    )
    lines += ["", *map(plain, summary.told_of_import)]
    if summary.missing:
        missing = [(one.name, one.why) for one in summary.missing]
        lines += ["", f"## No grade: {len(missing)}", *_table(["Student", "Why"], missing)]
    lines += _table(["Points", "Students"], summary.distribution)
    progress = [(one.check, f"{one.passed} of {one.graded}") for one in summary.progress.values()]
    lines += ["", "## Checks", *_table(["Check", "Passed"], progress)]
    told = [(one.says, one.students) for _, one in summary.misconceptions]
    lines += ["", "## Misconceptions", *_table(["Misconception", "Students"], told)]
    slow = [(name, stem, f"{took:.1f}") for took, _, name, stem in summary.slowest]
    lines += ["", "## Slowest", *_table(["Student", "Chapter", "Seconds"], slow)]
    lines += ["", f"## Failed to run: {summary.failures_in_all}"]
    failures = [(one.name, one.stem, one.status, one.observed) for one in summary.failures]
    lines += _table(["Student", "Chapter", "Status", "What happened"], failures)
    if summary.damaged:
        lines += ["", "## Damaged rows, which are left out", ""]
        lines += [f"- {plain(row)}" for row in summary.damaged]
    return "\n".join(lines) + "\n"


def plain(text: object) -> str:
    """Return text in one line that Markdown shows as it is."""
    line = " ".join(str(text).split())
    escaped = line.replace("&", "&amp;").replace("<", "&lt;")
    return SPECIAL.sub(r"\\\1", escaped)


def _table(head: list[str], rows: Sequence[tuple[object, ...]]) -> list[str]:
    if not rows:
        return ["", "None."]
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(plain(cell) for cell in row) for row in rows]
    return ["", *(f"| {line} |" for line in lines)]
