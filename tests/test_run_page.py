"""The page of a run: true to the run, whole however the run ended, and one file."""

import itertools
import json
import re
import warnings
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from rich.console import Console

from autograder.experiments import run_one_training, run_unseen_class
from autograder.experiments.chosen_parts import reference_parts
from autograder.experiments.say_verdict import verdict_at_the_end
from exercises.given.drawing import plots
from exercises.given.drawing.record_curves import Alarm, panels_of, panels_of_two
from exercises.given.errors import CourseError
from exercises.given.health.beginnings import began_at, first_seen
from exercises.given.health.verdict import verdict
from exercises.given.measuring.worst_neighbours import worst_neighbours
from exercises.given.pages import found_tables, run_page
from exercises.given.pages.run_page import CURVES, PAGE, Findings, Worst, write_run_page
from exercises.given.pages.small_pictures import page_maps, strips_of
from exercises.given.studies.report import read_results
from exercises.given.studies.run_record import RunRecord
from tests.browser import DESKTOP, PHONE, grave_violations
from tests.few_digits import few_digits
from tests.made_runs import COLLAPSED, made_run, write_made_run

NAN, INFINITE = float("nan"), float("inf")


class Page(HTMLParser):
    """What a page holds: its elements with their attributes, its text, and its table rows."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.source = path.read_text(encoding="utf-8")
        self._words: list[str] = []
        self._in_row = False
        self.feed(self.source)
        self.text = " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
            self._in_row = True

    def handle_endtag(self, tag: str) -> None:
        self._in_row = self._in_row and tag != "tr"

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if data.strip() and self._in_row:
            self.rows[-1].append(data.strip())

    def all_of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(record: Any, folder: Path) -> Page:
    return Page(write_run_page(record, folder))


def require_one_file(page: Page) -> None:
    """Require that a page loads nothing from anywhere, and runs nothing."""
    for tag, attributes in page.elements:
        for name in ("src", "srcset", "href", "xlink:href", "data", "action"):
            address = attributes.get(name) or ""
            assert address.startswith(("data:", "#")) or not address, (tag, address)
    assert not page.all_of("script")
    assert not page.all_of("link")
    for address in re.findall(r"url\(([^)]*)\)", page.source):
        assert address.startswith("#")


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small experiment."""
    out = tmp_path_factory.mktemp("experiment") / "run"
    run_unseen_class.run(
        few_digits(300, 100), steps=20, out=out, device="cpu", mine=False,
        command="triplet experiment --steps 20",
    )  # fmt: skip
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an experiment that was never run: its findings are made."""
    folder = tmp_path_factory.mktemp("made")
    results, images = made_results(), few_digits(300, 100)
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    flat = np.random.default_rng(0).normal(size=(100, 2))
    arrays = {"map_rows": np.arange(100), "tsne_embedding": flat, "tsne_pixels": -flat}
    found = worst_neighbours(torch.from_numpy(flat), images.test_labels, torch.arange(100), most=3)
    strips = strips_of(found, images.test_images, images.test_labels, images.class_names)
    worst = Worst(found.queries, found.wrong, "test images of 0", strips)
    findings = Findings(results, page_maps(arrays, images, (0,)), worst)
    write_run_page(made_run({}, {}, COLLAPSED, recall=(0.8, 0.1)), folder, findings)
    return folder


def made_results() -> dict[str, Any]:
    """Return what results.json holds of an experiment; no two shares are the same."""
    names = ["unseen", "seen", "all", "0", "1"]
    results: dict[str, Any] = {
        space: {
            field: {name: 0.3 * i + 0.05 * j + 0.007 * k for k, name in enumerate(names)}
            for j, field in enumerate(found_tables.ALL_MEASURES)
        }
        for i, space in enumerate(found_tables.SPACES)
    }
    results["embedding"] |= {
        "nearest_mean_confusion_of_unseen": {"0": 11, "1": 1},
        "knn_confusion_of_unseen": {"0": 10, "1": 2},
    }
    counts = {"0": 12, "1": 13}
    return results | {
        "data": {"unseen": ["0"], "test_images_of_unseen": 12, "test_images_by_class": counts}
    }


# What an experiment leaves


def test_the_page_shows_what_an_experiment_found(made: Path):
    require_as_found(Page(made / PAGE), read_results(made))


@pytest.mark.slow
def test_the_page_of_an_experiment_says_what_results_json_says(experiment: Path):
    page, results = Page(experiment / PAGE), read_results(experiment)
    require_as_found(page, results)
    require_one_file(page)
    assert "triplet experiment --steps 20" in page.text
    assert "too-few-steps" in page.text
    assert results["versions"]["torch"] in page.text


def require_as_found(page: Page, results: dict[str, Any]) -> None:
    for field, title in found_tables.MEASURES.items():
        shares = [results[space][field]["unseen"] for space in found_tables.SPACES]
        assert [title, *(f"{100 * share:.1f} %" for share in shares)] in page.rows
    taken = results["embedding"]["nearest_mean_confusion_of_unseen"]
    others = results["embedding"]["knn_confusion_of_unseen"]
    for name, count in taken.items():
        if count:
            assert [name, str(count), str(others[name])] in page.rows
    assert "What became of 0, never seen" in page.text


def test_the_page_of_an_experiment_is_one_file(made: Path):
    require_one_file(Page(made / PAGE))
    assert Image.open(made / CURVES).format == "PNG"


def test_the_map_is_there_for_the_light_and_for_the_dark(made: Path):
    page = Page(made / PAGE)
    dark = [one for one in page.all_of("source") if "dark" in (one["media"] or "")]
    light = [one for one in page.all_of("img") if "map" in (one["alt"] or "")]
    assert len(dark) == len(light) == 2
    assert {one["srcset"] for one in dark}.isdisjoint({one["src"] for one in light})


def test_what_can_be_seen_can_be_heard(made: Path):
    page = Page(made / PAGE)
    assert len(page.all_of("svg")) == 9
    assert all(one["aria-label"] and one["role"] == "img" for one in page.all_of("svg"))
    assert all(one["alt"] for one in page.all_of("img"))
    assert len(page.all_of("table")) == len(page.all_of("caption"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_no_two_elements_have_one_name(made: Path):
    names = [attributes["id"] for _, attributes in Page(made / PAGE).elements if "id" in attributes]
    assert len(names) == len(set(names))


# What a training leaves


def test_the_page_of_a_training_has_no_part_that_it_did_not_measure(tmp_path: Path, capsys):
    out = tmp_path / "run"
    run_one_training.train_once(
        few_digits(600, 100), unseen=("3",), seed=1, steps=20, recipe={}, out=out, device="cpu",
        mine=False,
    )  # fmt: skip
    page = Page(out / PAGE)
    require_one_file(page)
    for absent in ("never seen", "The map", "taken for", "Every measure", "The same again"):
        assert absent not in page.text
    for part in ("The verdict", "The curves", "The worst neighbours", "What was run"):
        assert part in page.text
    assert ["seed", "1"] in page.rows
    assert ["left out", "3"] in page.rows
    assert f"Open {(out / PAGE).as_uri()}" in capsys.readouterr().out


def test_a_training_that_is_lost_has_its_page_and_the_terminal_names_it(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    chosen = reference_parts()

    def train_epoch(network, batches, loss_fn, optimizer):
        return NAN * len(list(batches))

    lost = replace(chosen, parts=replace(chosen.parts, train_epoch=train_epoch))
    monkeypatch.setattr(run_one_training, "reference_parts", lambda: lost)
    with pytest.raises(CourseError, match="The loss is nan"):
        run_one_training.train_once(
            few_digits(600, 100), unseen=("0",), seed=0, steps=60, recipe={},
            out=tmp_path / "run", device="cpu", mine=False,
        )  # fmt: skip
    page = Page(tmp_path / "run-stopped" / PAGE)
    assert "loss-not-a-number" in page.text
    assert "was lost: the loss is no number after 50 steps" in page.text
    assert f"Open {(tmp_path / 'run-stopped' / PAGE).as_uri()}" in capsys.readouterr().out


def test_a_full_disk_takes_the_page_and_nothing_else(
    tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_page, "curves_figure", lambda _: None)
    monkeypatch.setattr(plots, "save", full)
    record = made_run()
    out = write_made_run(tmp_path / "run", record)
    before = {one.name for one in out.iterdir()}
    with verdict_at_the_end(Console(), record) as page:
        page.write(out)
    said = capsys.readouterr()
    assert "page could not be written" in said.err
    assert "No space left on device" in said.err
    assert "Verdict: healthy" in said.out
    assert "Open" not in said.out
    assert {one.name for one in out.iterdir()} == before


# Records of every kind


def of_many_layers() -> RunRecord:
    record = made_run()
    record.layers = [
        {
            "step": 50,
            "layer": f"block{i}",
            "gradient_norm": 0.0 if i else 1.0,
            "relative_update": None,
        }
        for i in range(40)
    ]
    return record


ODD = {
    "nothing recorded": replace(made_run(), rows=[], layers=[]),
    "one row": replace(made_run({}), about={}, ended={"how": "stopped"}),
    "of every kind": made_run(
        {"loss": 1e300, "norm": 1e30, "norm_spread": 1e29, "effective_rank": 0.0},
        {"loss": -INFINITE, "norm": NAN, "gradient_norm": INFINITE, "effective_rank": 0.0},
        {"loss": NAN, "recall_at_1": NAN, "effective_rank": 0.0},
    ),
    "negative": made_run({"loss": -5.0}, {"loss": -50.0}),
    "many layers": of_many_layers(),
}
ODD["one row"].about = {"settings": made_run().about["settings"]}
SOON = ("nothing recorded", "of every kind")


@pytest.mark.parametrize(
    "kind", [kind if kind in SOON else pytest.param(kind, marks=pytest.mark.slow) for kind in ODD]
)
def test_an_odd_record_has_a_page_without_a_warning(kind: str, tmp_path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = page_of(ODD[kind], tmp_path)
    require_one_file(page)
    assert "The verdict" in page.text
    assert Image.open(tmp_path / CURVES).size[0] > 100


def test_what_a_run_was_called_is_no_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(plots, "save", lambda _, path: path.touch())
    record, evil = made_run({}, {}), "<script>alert('1')</script> & \"co\""
    record.about["data"] |= {"source": evil, "unseen": [evil]}
    record.about["command"] = record.ended["message"] = evil
    record.layers = [row | {"layer": evil} for row in record.layers]
    for row in record.rows[1:]:
        row["mining"] = evil
    page = page_of(record, tmp_path)
    require_one_file(page)
    assert page.text.count("<script>") >= 3
    assert any(evil in (one["aria-label"] or "") for one in page.all_of("svg"))


# The verdict and its alarms


def test_an_alarm_stands_where_it_began(made: Path):
    page = Page(made / PAGE)
    assert "a dotted line stands at step 150" in page.text
    alarms = [
        "marked at step 150: collapse-to-a-point" in (one["aria-label"] or "")
        for one in page.all_of("svg")
    ]
    assert alarms == [True] * 9


def test_an_alarm_is_not_as_late_as_its_rule_is_sure():
    record = made_run({"mining": "batch-all"}, {}, {}, COLLAPSED, COLLAPSED, recall=(0.8, 0.1))
    [found] = verdict(record).findings
    assert found.sickness.id == "collapse-to-a-point"
    assert began_at(record, found) == 200
    assert first_seen(record, found.sickness) == 250


def test_what_shows_at_the_end_alone_stands_at_the_end():
    record = made_run({}, steps=20)
    [found] = verdict(record).findings
    assert found.sickness.id == "too-few-steps"
    assert began_at(record, found) == 50


def test_a_sickness_of_the_whole_run_stands_at_its_first_row():
    record = made_run(*[{"loss": NAN}] * 70)
    assert began_at(record, verdict(record).findings[0]) == 50


def test_a_panel_draws_what_was_recorded():
    record = made_run({"loss": 3.0}, {"loss": NAN}, {"loss": 1.0})
    panels = {one.title: one for one in panels_of(record.rows, record.layers, [Alarm("a", 50)])}
    assert [curve.course for curve in panels["Loss"].curves] == [[(50, 3.0), (150, 1.0)]]
    assert panels["Active share of triplets, %"].curves[0].course[0] == (50, 20.0)
    assert [curve.name for curve in panels["Gradient norm, by layer"].curves] == [
        "block1.conv",
        "block2.conv",
    ]


def test_two_runs_share_the_axes_of_a_sign():
    first, second = made_run(), made_run({"loss": 9.0})
    panels = panels_of_two(first.rows, second.rows, ("one", "other"))
    assert {tuple(curve.name for curve in panel.curves) for panel in panels} == {("one", "other")}
    [axes] = run_page.panel_figure(panels[0]).axes
    assert axes.get_xlim()[1] >= 200
    assert axes.get_ylim()[1] >= 9
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == 2


def test_a_run_of_any_name_is_in_the_legend():
    names = ("_results", "$a_b$ & \\frac")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel = panels_of_two(made_run({}).rows, made_run({}).rows, names)[0]
        svg = run_page.drawn([panel])[0]
    assert ">_results<" in svg
    assert ">$a_b$ &amp; \\frac<" in svg


def test_zero_is_seen_on_a_logarithmic_scale():
    record = made_run()
    for row in record.layers:
        row["gradient_norm"] *= row["layer"] == "block1.conv"
    panels = {one.title: one for one in panels_of(record.rows, record.layers)}
    [axes] = run_page.panel_figure(panels["Gradient norm, by layer"]).axes
    bottom = axes.get_ylim()[0]
    assert [min(line.get_ydata()) >= bottom > 0 for line in axes.lines] == [True, True]


# The worst neighbours


def test_the_worst_neighbours_are_those_that_a_slow_search_finds():
    generator = torch.Generator().manual_seed(5)
    points = torch.randn(60, 3, generator=generator)
    labels = torch.randint(0, 3, (60,), generator=generator)
    queries = torch.arange(10, 50)
    found = worst_neighbours(points, labels, queries, most=7)

    ranked = []
    for query in queries.tolist():
        distances = ((points - points[query]) ** 2).sum(dim=1).sqrt()
        order = [row for row in distances.argsort().tolist() if row != query][:5]
        wrong = [labels[row] != labels[query] for row in order]
        if wrong[0]:
            ranked.append((-sum(map(int, wrong)), float(distances[order[0]]), query, order))
    ranked.sort()
    assert (found.queries, found.wrong) == (40, len(ranked))
    assert found.rows.tolist() == [query for _, _, query, _ in ranked[:7]]
    assert found.nearest.tolist() == [order for *_, order in ranked[:7]]


def test_a_space_without_a_wrong_neighbour_has_none():
    points = torch.tensor([[0.0], [0.1], [5.0], [5.1]])
    found = worst_neighbours(points, torch.tensor([0, 0, 1, 1]), torch.arange(4))
    assert (found.wrong, len(found.rows), len(found.nearest)) == (0, 0, 0)


def test_the_curves_are_a_picture_with_something_on_it(made: Path):
    pixels = np.asarray(Image.open(made / CURVES).convert("RGB")).reshape(-1, 3)
    assert len(np.unique(pixels[::7], axis=0)) > 50


@pytest.mark.slow
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_read_on_every_screen(chromium, experiment: Path, screen, scheme):
    context = chromium.new_context(viewport=screen, color_scheme=scheme)
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto((experiment / PAGE).as_uri())
    assert not tab.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert [one for one in asked if not one.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert grave_violations(tab) == []
    context.close()
