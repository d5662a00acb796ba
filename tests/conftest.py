"""What all tests share."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from .browser import CHROMIUM, NO_CHROMIUM, NO_TOOLS

# The tensors here are tiny: a second thread only waits, and on a busy machine it waits long.
torch.set_num_threads(1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser without a window, for all tests that look at a page."""
    playwright = pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
    if not CHROMIUM:
        pytest.skip(NO_CHROMIUM)
    with playwright.sync_playwright() as tools:
        # Root, as in a container, has no sandbox of its own; the pages are ours.
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
