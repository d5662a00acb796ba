"""The trainings of a rotation: each keeps its record and its page, and one small page leads there."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.command_line.cli import cli
from autograder.experiments import run_rotation
from autograder.experiments.chosen_parts import reference_parts
from exercises.given.drawing.record_curves import panels_of
from exercises.given.errors import CourseError
from exercises.given.pages import run_page
from exercises.given.pages.rotation_page import write_overview
from exercises.given.pages.run_page import PAGE
from exercises.given.studies.rotation import Task, each_class, keep, record_folder, run_task, tasks
from exercises.given.studies.run_record import RECORD, RUN, RunRecord, read_record
from exercises.given.training.settings import Settings
from tests.browser import DESKTOP, PHONE, grave_violations
from tests.few_digits import few_digits
from tests.made_runs import COLLAPSED, made_run, write_made_run
from tests.test_run_page import Page, require_one_file

FEW_STEPS = 20
DIGITS = "0123456789"
TRAININGS_OF_FOUR = 5


@pytest.fixture(autouse=True)
def few_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw one panel of each page: all of them take a second."""
    monkeypatch.setattr(run_page, "panels_of", lambda *given: panels_of(*given)[:1])


def rotated(out: Path, seeds: int = 1, spaces: tuple[str, ...] = ("course",)) -> None:
    run_rotation.rotate(
        few_digits(300, 100), spaces=spaces, seeds=seeds, four_at_once=True, validation=False,
        steps=FEW_STEPS, long=False, out=out, device="cpu", mine=False,
        command="triplet experiment --rotate --four",
    )  # fmt: skip


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a rotation that came to its end."""
    out = tmp_path_factory.mktemp("made") / "rotation"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_page, "panels_of", lambda *given: panels_of(*given)[:1])
        rotated(out)
    return out


@pytest.fixture
def rotation(made_once: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, to go on in."""
    return Path(shutil.copytree(made_once, tmp_path / "rotation"))


def trainings_of(page: Page, out: Path) -> dict[str, list[str]]:
    """Return the row of each training that has a link, by the name of its folder."""
    for one in page.all_of("a"):
        assert (out / one["href"]).is_file()
    names = [Path(one["href"]).parent.name for one in page.all_of("a")]
    first = next(i for i, row in enumerate(page.rows) if row[0] == "left out") + 1
    return dict(zip(names, page.rows[first:], strict=True))


def recall_in(out: Path, task: str) -> str:
    run = json.loads((out / "runs" / f"{task}.json").read_text(encoding="utf-8"))
    [found] = [
        row["value"]
        for row in run["rows"]
        if (row["measure"], row["group"], row["examples"]) == ("Recall@1", "unseen", "all")
    ]
    return f"{100 * found:.2f}"


def test_every_training_has_its_record_its_page_and_a_row_that_leads_there(tmp_path, capsys):
    rotated(tmp_path, spaces=("course", "pixels", "untrained"))
    page = Page(tmp_path / PAGE)
    found = trainings_of(page, tmp_path)
    assert len(found) == TRAININGS_OF_FOUR
    for name, row in found.items():
        record = read_record(tmp_path / "trainings" / name)
        assert [one["step"] for one in record.rows] == [0, FEW_STEPS]
        assert record.ended["how"] == "finished"
        without = name.removeprefix("course-")
        assert row == [
            " + ".join(record.about["data"]["unseen"]),
            "0",
            recall_in(tmp_path, f"pixels-{without}"),
            recall_in(tmp_path, f"untrained-{without}"),
            recall_in(tmp_path, name),
            "too-few-steps",
        ]
    assert page.rows[0] == ["course", "pixels", "untrained"]
    assert page.rows[1][0] == "Recall@1, unseen"
    assert "triplet experiment --rotate --four" in page.text
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == f"Open {(tmp_path / PAGE).as_uri()}"
    assert "seed 0: too-few-steps; 0:0" in "\n".join(said)


def test_a_rotation_that_goes_on_keeps_the_records_that_it_had(rotation):
    before = {path: path.stat().st_mtime_ns for path in rotation.glob("trainings/*/*")}
    assert {path.name for path in before} == {RUN, RECORD, "layers.csv", "curves.png", PAGE}
    rotated(rotation, seeds=2)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(trainings_of(Page(rotation / PAGE), rotation)) == 2 * TRAININGS_OF_FOUR


def test_a_rotation_that_is_stopped_has_a_page_of_what_is_there(tmp_path, capsys, monkeypatch):
    taken = []

    def stopping(task, *others):
        if len(taken) == 1:
            others[-1].rows.append({"step": 0, "recall_at_1": 0.5})
            raise KeyboardInterrupt
        taken.append(task)
        return run_task(task, *others)

    monkeypatch.setattr(run_rotation, "run_task", stopping)
    with pytest.raises(KeyboardInterrupt):
        rotated(tmp_path)
    page = Page(tmp_path / PAGE)
    assert "1 of 5 runs are there" in page.text
    assert "The summary comes when all runs are there" in page.text
    whole, stopped = trainings_of(page, tmp_path)
    assert whole == taken[0].name
    assert stopped.endswith("-stopped")
    assert capsys.readouterr().out.splitlines()[-1].startswith("Open file:")
    monkeypatch.undo()
    rotated(tmp_path)
    assert "5 runs, 1 of them done" in capsys.readouterr().out
    assert not [name for name in trainings_of(Page(tmp_path / PAGE), tmp_path) if "stopped" in name]


def test_trainings_from_before_there_were_records_keep_their_row(tmp_path):
    [task] = tasks(["course"], [(3,)], seeds=1)
    rows = [{"measure": "Recall@1", "group": "unseen", "examples": "all", "value": 0.5}]
    run = {"space": "course", "held_out": ["3"], "seed": 0, "rows": rows}
    keep(tmp_path, task, run, {})
    page = Page(overview_of([task], tmp_path))
    assert page.rows[-1] == ["3", "0", "-", "-", "50.00", "-"]
    assert not page.all_of("a")


def overview_of(every: list[Task], folder: Path) -> Path:
    return write_overview(folder, every, DIGITS, summary=[], images="MNIST", command="")


def made_trainings(folder: Path, seeds: int) -> list[Task]:
    """Write records of trainings that were never made, every third of them of a collapse."""
    every = tasks(["course"], each_class(range(10)), seeds)
    for number, task in enumerate(every):
        sick = ({"mining": "batch-all"}, COLLAPSED, COLLAPSED)
        record = made_run() if number % 3 else made_run(*sick, recall=(0.8, 0.1), margin=0.2)
        place = write_made_run(record_folder(folder, task), record)
        (place / PAGE).write_text("the page of a training", encoding="utf-8")
    return every


def test_the_overview_of_many_trainings_is_small_and_names_the_sick_ones(tmp_path):
    every = made_trainings(tmp_path, seeds=15)
    page = Page(overview_of(every, tmp_path))
    assert len(trainings_of(page, tmp_path)) == len(every) == 150
    alarms = [one for one in page.all_of("a") if one.get("class") == "alarm"]
    assert len(alarms) == 50
    assert "150 trainings, 50 of them with an alarm" in page.text
    assert len(page.source) < 60_000
    assert not page.all_of("svg") + page.all_of("img") + page.all_of("iframe")
    page.elements = [one for one in page.elements if one[0] != "a"]  # a link loads nothing
    require_one_file(page)


def test_a_record_that_is_damaged_takes_no_other_row_with_it(tmp_path):
    every = made_trainings(tmp_path, seeds=1)
    (record_folder(tmp_path, every[4]) / RUN).write_text("{", encoding="utf-8")
    verdicts = [
        row[-1] for row in trainings_of(Page(overview_of(every, tmp_path)), tmp_path).values()
    ]
    assert verdicts.count("damaged record") == 1
    assert verdicts.count("healthy") == 5


def test_two_trainings_of_a_rotation_can_be_compared(rotation, monkeypatch):
    monkeypatch.chdir(rotation)
    one, other, *_ = sorted(str(path) for path in Path("trainings").iterdir())
    result = CliRunner().invoke(cli, ["compare", one, other], catch_exceptions=False)
    assert "left out" in result.output
    assert result.output.count("too-few-steps") == 2


def test_a_page_of_one_s_own_is_not_replaced_and_nothing_is_trained(tmp_path):
    own = tmp_path / PAGE
    own.write_text("<html>mine</html>", encoding="utf-8")
    with pytest.raises(CourseError, match="is no page of a rotation"):
        rotated(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [PAGE]
    assert own.read_text(encoding="utf-8") == "<html>mine</html>"


@pytest.mark.parametrize(
    ("space", "loss", "unseen"),
    [
        ("semi-hard", "semi-hard", ["3"]),
        ("softmax", "softmax", ["3"]),
        ("oracle", "batch-hard", []),
    ],
)
def test_a_record_tells_the_recipe_of_its_space_and_changes_no_number(space, loss, unseen):
    settings, parts = Settings(steps=FEW_STEPS, device="cpu"), reference_parts().parts
    record, images, task = RunRecord(), few_digits(300, 100), Task(space, (3,), 1)
    watched = run_task(task, images, parts, settings, record)
    assert watched["rows"] == run_task(task, images, parts, settings)["rows"]
    assert record.about["settings"]["loss"] == loss
    assert record.about["data"]["unseen"] == unseen
    assert record.about["settings"]["seed"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_overview_can_be_read_on_every_screen(chromium, tmp_path, screen):
    page = overview_of(made_trainings(tmp_path, seeds=2), tmp_path)
    for scheme in ("light", "dark"):
        context = chromium.new_context(viewport=screen, color_scheme=scheme)
        tab = context.new_page()
        tab.goto(page.as_uri())
        assert not tab.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert grave_violations(tab) == []
        context.close()
