"""The network for which readers draw their own character: small, and as good as it was trained."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from autograder.experiments import network_to_draw_for
from autograder.experiments.chosen_parts import reference_parts
from autograder.experiments.int8 import packed, unpacked
from autograder.experiments.network_to_draw_for import (
    PLACE,
    error_of,
    kept_network,
    main,
    never_met,
    read_kept,
)
from autograder.publishing.recording.own_character import OTHERS, SHOTS, own_character_of, short
from autograder.publishing.recording.scripts import write_script
from exercises.given.data.characters import Characters
from exercises.given.data.omniglot_trials import read_trials
from exercises.given.studies.unseen_alphabets import ONE_SHOT
from exercises.given.training.chosen_recipe import new_network
from exercises.given.training.embedding import embed

MOST_BYTES = 120_000


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return read_kept()


@pytest.fixture(scope="module")
def held_out(kept: dict[str, Any]) -> Characters:
    return never_met(kept)


def test_a_kernel_as_bytes_is_within_half_a_unit_of_each_channel() -> None:
    network = new_network(reference_parts().parts, ONE_SHOT)
    network.block2.conv.weight.data[0] *= 100  # a channel of large numbers costs others nothing
    network.block2.conv.weight.data[1] = 0
    back = unpacked(packed(network))
    for name, one in network.state_dict().items():
        if one.ndim < 4:
            assert torch.equal(back[name], one)
            continue
        units = one.flatten(1).abs().amax(dim=1) / 127  # (out,)
        away = (back[name] - one).flatten(1).abs().amax(dim=1)  # (out,)
        assert (away <= 0.501 * units).all()


def test_the_bytes_lose_nothing_noteworthy(kept: dict[str, Any]) -> None:
    errors = kept["errors"]
    assert abs(errors["int8"] - errors["float32"]) <= 0.01  # four questions of 400
    assert errors["int8"] < 0.2
    assert error_of(kept_network(kept), read_trials()) == pytest.approx(errors["int8"], abs=0.005)


def test_the_nineteen_are_of_alphabets_that_the_network_never_met(
    kept: dict[str, Any], held_out: Characters
) -> None:
    given = own_character_of(kept, held_out)
    assert set(given["alphabets"]) <= {short(one) for one in kept["held_out"]}
    assert not set(kept["held_out"]) & set(kept["alphabets"])
    assert len(given["alphabets"]) == OTHERS
    assert given == own_character_of(kept, held_out)  # drawn by a seed


def test_no_drawing_is_shown_twice(kept: dict[str, Any], held_out: Characters) -> None:
    numbered = held_out.images.clone()
    every = torch.arange(numbered.shape[0] * numbered.shape[1])
    for bit in range(14):  # each drawing becomes its own number, in black and white pixels
        numbered[:, :, 0, 0, bit] = (every // 2**bit % 2).view(numbered.shape[:2])
    given = own_character_of(kept, Characters(numbered, held_out.alphabets))
    images = [bits_of(given[part]) for part in ("examples", "questions", "borrowed")]
    assert [len(one) for one in images] == [OTHERS * SHOTS, OTHERS, SHOTS + 1]
    numbers = np.concatenate(images)
    assert len(set(numbers.tolist())) == len(numbers)
    people = held_out.images.shape[1]
    characters = [set((part // people).tolist()) for part in images]
    assert characters[0] == characters[1]
    assert len(characters[0]) == OTHERS
    assert len(characters[2]) == 1
    assert not characters[0] & characters[2]


def bits_of(text: str) -> np.ndarray:
    """Return the number that the first fourteen pixels of each packed image hold."""
    packed_images = np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 392)[:, :7]
    bits = np.stack([packed_images >> 4, packed_images & 15], axis=2).reshape(-1, 14) > 7
    return (bits * 2 ** np.arange(14)).sum(axis=1)


def test_the_file_and_the_script_are_small(
    kept: dict[str, Any], held_out: Characters, tmp_path: Path
) -> None:
    write_script(tmp_path, "own_character", own_character_of(kept, held_out))
    assert PLACE.stat().st_size < MOST_BYTES
    assert (tmp_path / "own_character.js").stat().st_size < 1.25 * MOST_BYTES


def test_the_command_keeps_what_it_trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = []

    def nothing_learned(_background: Any, network: Any, _parts: Any, settings: Any) -> float:
        seen.append((network, settings.steps))
        return 1.0

    monkeypatch.setattr(network_to_draw_for, "train_on", nothing_learned)
    monkeypatch.setattr(network_to_draw_for, "error_of", lambda *_, **__: 0.5)
    out = tmp_path / "kept.json"
    done = CliRunner().invoke(main, ["--steps", "40", "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "int8: 50.00 % wrong" in done.output
    [(network, steps)] = seen
    written = json.loads(out.read_text())
    assert steps == written["settings"]["steps"] == 40
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    away = (embed(kept_network(written), images) - embed(network, images)).norm(dim=1)
    assert away.max() < 0.05
