"""The network of the browser against PyTorch's, and drawings against the digits of MNIST."""

import base64
import json
from statistics import median
from typing import Any

import numpy as np
import pytest
import torch

from autograder.chapters import BOOK
from autograder.publishing.build import RESULTS_FOLDER
from exercises.given.book.pages import arrays
from exercises.given.book.pages import digits as digits_of_the_run
from exercises.given.training.embedding import embed
from solutions.ch03_embedding_network import SimpleMetricEmbedding
from solutions.ch06_nearest_neighbours import knn_classify
from tests.browser import needs_the_book, opened, started

pytestmark = [pytest.mark.slow, needs_the_book]
SCRIPTS = BOOK / "explorables"
DATA = RESULTS_FOLDER / "explorables" / "networks.js"
DIGITS, TOLERANCE, NEIGHBOURS = 200, 1e-4, 5
ZEROS = 20


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    """What the page was given: the text of its data script is JSON but for the call around it."""
    text = DATA.read_text(encoding="utf-8")
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


@pytest.fixture(scope="module")
def digits():
    return digits_of_the_run()


@pytest.fixture(scope="module")
def page(chromium: Any, recorded: dict[str, Any]) -> Any:
    tab = chromium.new_page()
    for name in ("controls", "pictures", "network", "ink"):
        tab.add_script_tag(path=SCRIPTS / f"{name}.js")
    tab.evaluate(
        """networks => {
          window.blocksOf = Object.fromEntries(Object.entries(networks).map(([name, { blocks }]) =>
            [name, blocks.map((one) => ({
              ...one,
              ...Object.fromEntries(["scale", "shift", "kernel", "bias"].map(
                (part) => [part, Pictures.floats(one[part])])),
            }))]));
        }""",
        recorded["networks"],
    )
    yield tab
    tab.close()


def unpacked(block: dict[str, Any], name: str) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(block[name]), "<f4").copy())


def network_of_torch(recorded: dict[str, Any], name: str) -> torch.nn.Module:
    """Return the reference's network with the parameters that the page was given."""
    network = SimpleMetricEmbedding()
    for block, data in zip(
        (network.block1, network.block2, network.block3),
        recorded["networks"][name]["blocks"],
        strict=True,
    ):
        for parameter, part in (
            (block.norm.weight, "scale"),
            (block.norm.bias, "shift"),
            (block.conv.weight, "kernel"),
            (block.conv.bias, "bias"),
        ):
            parameter.data = unpacked(data, part).view(parameter.shape)
    return network.eval()


def gallery_of(recorded: dict[str, Any], name: str) -> torch.Tensor:
    network = recorded["networks"][name]
    values = np.frombuffer(base64.b64decode(network["embeddings"]), np.int8).copy()
    rows = len(recorded["gallery"]["labels"])
    return torch.from_numpy(values).float().view(rows, -1) * network["unit"]  # (m, dim)


def nearest(embeddings: torch.Tensor, gallery: torch.Tensor) -> list[list[int]]:
    distances = torch.cdist(embeddings.double(), gallery.double())  # (n, m)
    return distances.topk(NEIGHBOURS, dim=1, largest=False).indices.tolist()


def test_the_network_on_the_page_gives_the_embeddings_of_the_run(recorded, digits):
    if recorded["note"]:
        pytest.skip("the run's network is a learner's, of a kind that the page cannot show")
    of_the_run = torch.from_numpy(arrays()["test_embeddings"][:DIGITS])
    on_the_page = embed(network_of_torch(recorded, "without"), digits.test_images[:DIGITS])
    assert (of_the_run - on_the_page).abs().max() < TOLERANCE


@pytest.mark.parametrize("name", ["without", "all"])
def test_the_network_of_the_browser_gives_the_embeddings_of_torch(page, recorded, digits, name):
    images = digits.test_images[:DIGITS]
    found = page.evaluate(
        "([name, images]) => images.map((image) => Network.embed(blocksOf[name], image))",
        [name, images.flatten(1).tolist()],
    )
    in_browser = torch.tensor(found, dtype=torch.float64)
    in_torch = embed(network_of_torch(recorded, name), images)
    difference = (in_browser - in_torch).abs().max().item()
    print(f"largest difference of an embedding, {name}: {difference:.1e}")
    assert difference < TOLERANCE
    gallery = gallery_of(recorded, name)
    assert nearest(in_browser, gallery) == nearest(in_torch, gallery)


def test_ink_is_centred_and_scaled_as_mnist_was(page, digits):
    images = digits.test_images[:DIGITS].flatten(1)  # (n, 784)
    found = page.evaluate(
        """images => images.map((image) => {
          const ink = new Float32Array(280 * 280).map((_, at) =>
            image[28 * Math.floor(at / 2800) + Math.floor((at % 280) / 10)]);
          return Array.from(Ink.toImage(ink, 280));
        })""",
        images.tolist(),
    )
    equal = np.isclose(np.array(found), images.numpy(), atol=1e-5).all(axis=1)
    print(f"{equal.sum()} of {len(equal)} images come out as MNIST has them, pixel by pixel")
    assert equal.mean() > 0.99


def test_nothing_drawn_is_no_image_and_a_dot_is_one(page):
    assert page.evaluate("Ink.toImage(new Float32Array(100), 10)") is None
    dot = page.evaluate(
        "(ink => { ink[55] = 1; return Array.from(Ink.toImage(ink, 10)); })(new Float32Array(100))"
    )
    # One square of ink becomes a digit of 20 x 20, in the middle.
    assert np.isclose(np.array(dot).sum(), 400)


def test_real_digits_on_the_sheet_find_the_neighbours_of_their_pixels(chromium, recorded, digits):
    """Lay 20 test images of the unseen digit on the sheet, and look what the page answers."""
    of_digit = digits.test_images[digits.test_labels == recorded["unseen"]][:ZEROS]
    embeddings = embed(network_of_torch(recorded, "without"), of_digit)
    gallery, labels = gallery_of(recorded, "without"), torch.tensor(recorded["gallery"]["labels"])
    expected = nearest(embeddings, gallery)
    found, votes, milliseconds = answers(chromium, of_digit)
    print(f"votes for {ZEROS} images of the unseen digit: {votes}")
    print(f"drawing to answer, median: {median(milliseconds):.1f} ms")
    assert found == expected
    assert votes == knn_classify(gallery, labels, embeddings, k=NEIGHBOURS).tolist()


def test_novelty_is_told_by_images_that_the_network_was_not_trained_on(recorded, digits):
    network = recorded["networks"]["without"]
    of_seen = torch.from_numpy(arrays()["test_embeddings"])[
        digits.test_labels != recorded["unseen"]
    ]
    scores = torch.cdist(of_seen, torch.tensor(network["prototypes"])).amin(dim=1)  # (n,)
    below = (scores <= network["threshold"]).double().mean().item()
    assert below == pytest.approx(0.95, abs=0.001)


def answers(chromium: Any, images: torch.Tensor) -> tuple[list[list[int]], list[int], list[float]]:
    """Return neighbours, votes and milliseconds of images that are laid on the sheet."""
    with opened(chromium, "ch09_unseen_digit") as tab:
        stage = started(tab).locator(".explorable-stage")
        said = [
            stage.evaluate(
                """(stage, pixels) => {
                  const before = performance.now();
                  stage.dispatchEvent(new CustomEvent("lay-pixels", { detail: pixels }));
                  const took = performance.now() - before;
                  return [stage.dataset.neighbours, stage.dataset.vote, took];
                }""",
                image.flatten().tolist(),
            )
            for image in images
        ]
    rows = [[int(row) for row in neighbours.split()] for neighbours, _, _ in said]
    return rows, [int(vote) for _, vote, _ in said], [took for _, _, took in said]
