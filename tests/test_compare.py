"""Two runs side by side: what differs, how each ended, and nothing lost of what was there."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.command_line.cli import cli
from exercises.given.drawing.record_curves import panels_of_two
from exercises.given.errors import CourseError
from exercises.given.pages import comparison_page
from exercises.given.pages.two_runs import differences, endings, names_of_two, open_two
from exercises.given.studies.run_record import RUN, write_record
from tests.browser import DESKTOP, PHONE, grave_violations
from tests.made_runs import COLLAPSED, made_run, write_made_run
from tests.test_run_page import Page, require_one_file


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Write a healthy run and one that collapsed, and work beside them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    sick = made_run({"mining": "batch-all"}, COLLAPSED, COLLAPSED, recall=(0.8, 0.1), margin=0.2)
    sick.about["settings"]["rate"] = 0.05
    return (
        write_made_run(tmp_path / "my-run", made_run()),
        write_made_run(tmp_path / "my-training", sick),
    )


@pytest.fixture(autouse=True)
def few_curves(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw one panel of the page, but for the test of the page: the others take a second."""
    if "page" not in request.node.name:
        monkeypatch.setattr(
            comparison_page, "panels_of_two", lambda *given: panels_of_two(*given)[:1]
        )


def compared(*words: str) -> str:
    return CliRunner().invoke(cli, ["compare", *words], catch_exceptions=False).output


def refused(*words: str) -> str:
    """Return the one line that a comparison is refused with."""
    result = CliRunner().invoke(cli, ["compare", *words])
    assert isinstance(result.exception, CourseError), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


def test_the_terminal_says_what_differs_how_each_ended_and_both_verdicts(runs):
    # triplet compare my-training my-run
    said = compared("my-training", "my-run")
    assert max(len(line.rstrip()) for line in said.splitlines() if "file://" not in line) <= 80
    words = [line.split() for line in said.splitlines()]
    assert ["margin", "0.2", "soft"] in words
    assert ["largest", "rate", "0.05", "0.006"] in words
    assert ["loss", "0.693", "0.7"] in words
    assert "optimizer" not in said
    assert "Verdict on my-training: rate-too-high" in said or "collapse-to-a-point" in said
    assert "Verdict on my-run: healthy." in said
    assert (Path.cwd() / "compare.html").as_uri() in said


def test_the_page_has_the_differences_before_the_curves_and_is_one_file(runs):
    compared("my-run", "my-training", "--out", "both.html")
    page = Page(Path("both.html"))
    require_one_file(page)
    assert ["margin", "soft", "0.2"] in page.rows
    assert page.source.index("What differs") < page.source.index("<svg")
    assert len(page.all_of("svg")) == 12
    assert all(
        re.search("my-run: .*my-training: ", one["aria-label"] or "") for one in page.all_of("svg")
    )
    assert len(page.all_of("table")) == len(page.all_of("caption"))


def test_two_runs_of_the_same_differ_in_nothing(runs, tmp_path: Path):
    write_made_run(tmp_path / "again", made_run())
    assert "Nothing differs" in compared("my-run", "again")
    assert "Nothing: the same settings" in Page(tmp_path / "compare.html").text


def test_what_one_run_did_not_measure_is_a_dash(runs):
    first, second = open_two(*runs)
    results = {"data": {"unseen": ["8"]}} | {
        space: {
            field: {"unseen": 0.5}
            for field in ("nearest_mean_accuracy", "map_at_r_by_class", "recall_at_1")
        }
        for space in ("pixels", "untrained", "embedding")
    }
    (runs[1] / "results.json").write_text(json.dumps(results), encoding="utf-8")
    second = open_two(*runs)[1]
    assert ("MAP@R of 8", "-", "50.0 %") in endings(first, second)


def test_a_run_that_was_lost_ends_with_no_number(runs):
    write_record(made_run({}, {"loss": float("nan")}, how="not a number"), runs[0])
    assert ("loss, last", "nan", "0.693") in endings(*open_two(*runs))


def test_runs_of_one_name_are_told_apart(tmp_path: Path):
    places = [write_made_run(tmp_path / one / "run", made_run()) for one in ("a", "b")]
    assert names_of_two(*open_two(*places)) == ("a/run", "b/run")


def test_versions_and_images_are_among_the_differences(runs):
    record = made_run()
    record.about["versions"] = {"torch": "2.14.0"}
    record.about["data"] = {**record.about["data"], "source": "Omniglot", "unseen": ["8"]}
    write_record(record, runs[1])
    found = {name: (one, other) for name, one, other in differences(*open_two(*runs))}
    assert found["images"] == ("MNIST", "Omniglot")
    assert found["left out"] == ("0", "8")
    assert "2.14.0" in found["versions"][1]


# What is no run


def test_the_same_folder_twice_is_one_line(runs, tmp_path: Path):
    assert "are the same run" in refused("my-run", "../" + tmp_path.name + "/my-run")


def test_a_folder_without_a_run_is_one_line(runs, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    for nothing in ("empty", "nowhere", "my-run/run.json"):
        assert "There is no record in" in refused("my-run", nothing)
    (runs[0] / RUN).unlink()
    assert "holds record.csv and no run.json" in refused("my-run", "my-training")


def test_a_damaged_run_is_one_line(runs):
    kept = json.loads((runs[0] / RUN).read_text(encoding="utf-8"))
    (runs[0] / RUN).write_text(json.dumps(kept)[:-100], encoding="utf-8")
    assert "run.json is damaged" in refused("my-run", "my-training")
    del kept["settings"]["optimizer"]
    (runs[0] / RUN).write_text(json.dumps(kept), encoding="utf-8")
    assert "it lacks optimizer" in refused("my-run", "my-training")
    (runs[0] / RUN).write_text(json.dumps(kept | {"settings": [], "data": 7}), encoding="utf-8")
    assert "run.json is damaged" in refused("my-run", "my-training")


def test_damaged_results_are_one_line(runs):
    (runs[0] / "results.json").write_text("{}", encoding="utf-8")
    assert "results.json is damaged" in refused("my-run", "my-training")


def test_a_damaged_table_takes_nothing_from_a_run(runs):
    (runs[0] / "record.csv").write_bytes(b"\x00")
    assert "Verdict on my-run: healthy." in compared("my-run", "my-training")


# What is there already


def test_what_compare_wrote_is_written_again_and_nothing_else_is(runs, tmp_path: Path):
    compared("my-run", "my-training")
    before = (tmp_path / "compare.html").read_text(encoding="utf-8")
    compared("my-training", "my-run")
    assert (tmp_path / "compare.html").read_text(encoding="utf-8") != before
    own = tmp_path / "own.html"
    for content in (b"<html>mine</html>", b"", b"\xff\xfe\x00"):
        own.write_bytes(content)
        assert "is no page of two runs" in refused("my-run", "my-training", "--out", "own.html")
        assert own.read_bytes() == content
    assert "is a folder" in refused("my-run", "my-training", "--out", "my-run")


@pytest.mark.slow
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_of_two_runs_can_be_read_on_every_screen(chromium, runs, tmp_path: Path, screen):
    compared("my-run", "my-training")
    for scheme in ("light", "dark"):
        context = chromium.new_context(viewport=screen, color_scheme=scheme)
        tab = context.new_page()
        tab.goto((tmp_path / "compare.html").as_uri())
        assert not tab.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert grave_violations(tab) == []
        context.close()
