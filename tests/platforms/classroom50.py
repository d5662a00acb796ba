"""How Classroom 50 runs an autograder.py and what it takes from it: its rules, as small as they go.

From the repository foundation50/classroom50. The runner is cli/gh-teacher/skeleton/dotgithub/
scripts/runner.py at 0c49903 (main, run_entrypoint, finalize_result, validate_result); the collector
repeats the same rules (validate_result in collect_scores.py). What fields there are, and that there
are no others, is schemas/result-v1.schema.json at 6e593c7; the wiki's page Advanced-Autograding at
0b4bcc0 says in words what an autograder may count on. That an error leaves the release and its points
as they were is the step "Publish submission release" of .github/workflows/autograde-runner.yaml at
0343327. Looked up on 29 November 2026.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOLD = {
    "CLASSROOM": "metric-learning",
    "ASSIGNMENT": "the-seven",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "jdoe",
    "USERNAME": "jdoe",
    "SUBMISSION_TAG": "submit/2026-11-29T10-00-00Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/org/metric-learning-the-seven-jdoe/commit/a1b2c3d",
    "RELEASE_URL": "https://example.org/org/metric-learning-the-seven-jdoe/releases/tag/submit",
    "REVIEW_URL": "https://example.org/org/metric-learning-the-seven-jdoe/compare/0...a1b2c3d",
}
TEXTS = {"commit", "release", "review", "datetime"}
FIELDS = {
    *("schema", "classroom", "assignment", "assignment_type", "owner", "submission"),
    *("score", "max-score", "tests", *TEXTS),
}
OPTIONAL = {"graded_at", "submitted_by"}
FILES = ("result.json", "release-body.md")


@dataclass(frozen=True)
class Graded:
    """What the runner made of one submission: error leaves the points of the student alone."""

    status: str
    why: str = ""
    result: dict[str, Any] | None = None
    release: str = ""


def run_submission(script: Path, checkout: Path, more: Mapping[str, str] | None = None) -> Graded:
    """Run an autograder.py for a checkout as the runner does, and judge what it left."""
    for name in FILES:
        if (checkout / name).exists():
            (checkout / name).unlink()
    done = subprocess.run(
        [sys.executable, script],
        cwd=checkout,
        env={**os.environ, **TOLD, **(more or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return Graded("error", f"autograder exited {done.returncode}: {done.stderr}")
    result, release = (checkout / name for name in FILES)
    if not result.is_file():
        return Graded("error", "no result.json")
    found = json.loads(result.read_text(encoding="utf-8"))
    found |= {"owner": TOLD["OWNER"], "assignment_type": TOLD["ASSIGNMENT_TYPE"]}
    found |= {"datetime": "2026-11-29T09:59:00Z"}  # of the commit, whatever the script wrote
    if why := complaint(found):
        return Graded("error", why)
    status = "success" if all(one["passed"] for one in found["tests"]) else "failure"
    return Graded(status, "", found, release.read_text(encoding="utf-8"))


def complaint(result: Mapping[str, Any]) -> str:
    """Return what the runner, the collector or the schema has against a result, "" if nothing."""
    if missing := FIELDS - set(result):
        return f"without {sorted(missing)}"
    if more := set(result) - FIELDS - OPTIONAL:
        return f"with {sorted(more)}"
    for field, name in [("classroom", "CLASSROOM"), ("assignment", "ASSIGNMENT")]:
        if result[field] != TOLD[name]:
            return f"{field} of another submission"
    if result["schema"] != "classroom50/result/v1":
        return "another schema"
    if result["owner"] != TOLD["OWNER"] or result["assignment_type"] != TOLD["ASSIGNMENT_TYPE"]:
        return "of somebody else"
    if not _is_text(result["submission"]) or not result["submission"].startswith("submit/"):
        return "submission is no tag of a submission"
    if wrong := [field for field in TEXTS if not _is_text(result[field])]:
        return f"without text in {sorted(wrong)}"
    if not _are_points(result):
        return "points that are no whole numbers, or too many"
    for test in result["tests"]:
        if not _is_text(test.get("test-name")) or not isinstance(test.get("passed"), bool):
            return "a test without a name, or neither passed nor failed"
        if not _are_points(test):
            return f"{test['test-name']}: points that are no whole numbers, or too many"
    return ""


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _are_points(scored: Mapping[str, Any]) -> bool:
    points = [scored.get("score"), scored.get("max-score")]
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 0 for one in points):
        return False
    return points[0] <= points[1]
