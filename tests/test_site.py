"""The built book as a folder of files, and the workflow that publishes it."""

from pathlib import Path

import pytest
import yaml

from autograder.chapters import ROOT
from autograder.publishing.writing import BUILD_FOLDER

SITE = BUILD_FOLDER / "html"
PAGES = sorted(SITE.glob("*.html"))
MEGABYTES = 25
built = pytest.mark.skipif(not PAGES, reason="the book is not built: make book")


@built
def test_the_site_is_small_enough_for_a_slow_network() -> None:
    files = [path for path in SITE.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MEGABYTES * 1_000_000


@built
@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.stem)
def test_a_page_names_no_remote_script_or_picture(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert 'src="http' not in text
    assert "unpkg" not in text


@pytest.fixture(scope="module")
def workflow() -> dict:
    text = (ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def test_the_workflow_publishes_what_make_book_builds(workflow) -> None:
    steps = workflow["jobs"]["build"]["steps"]
    [upload] = [one for one in steps if one.get("uses", "").startswith("actions/upload-pages")]
    assert ROOT / upload["with"]["path"] == SITE
    commands = [one["run"] for one in steps if "run" in one]
    assert [one for one in commands if "torch==" not in one] == ["make book"]


def test_only_the_job_that_publishes_may_write(workflow) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["build"]
    assert workflow["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert workflow["jobs"]["publish"]["needs"] == "build"
