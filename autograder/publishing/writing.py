"""Write the pages of the book: run the code in them, and let Jupyter Book make the site."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from myst_nb.core.read import is_myst_markdown_notebook, myst_nb_reader_plugin
from traitlets.config import Config

from exercises.given.errors import CourseError
from exercises.given.progress import progress

from ..chapters import BOOK
from ..isolation.one_thread import ONE_THREAD

BUILD_FOLDER = BOOK / "_build"
CACHE = ".jupyter_cache"  # where Jupyter Book looks for pages that have been run
PAGES_AT_ONCE = 2  # each of them takes up to 700 MB
SECONDS_FOR_A_CELL = 300


def write_pages(results: Path) -> Path:
    """Build the site from the results of a run, and return its first page.

    Raises CourseError if a page does not build.
    """
    # A failing page leaves files behind that make the next build pass: begin from nothing.
    shutil.rmtree(BUILD_FOLDER, ignore_errors=True)
    os.environ.update(
        COURSE_RESULTS=str(results),
        # The kernel that runs a page starts in book/ and has to find the course.
        PYTHONPATH=str(BOOK.parent),
        PYTHONUTF8="1",
        **ONE_THREAD,  # two pages at once leave no core idle
    )
    _run_pages(sorted(filter(_has_code, BOOK.glob("*.md"))))
    # The command beside this Python, whether or not its folder is on the path.
    jupyter_book = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    if jupyter_book is None:
        raise CourseError("jupyter-book is not installed here. Run the README's install line.")
    command = [jupyter_book, "build", str(BOOK), "--all", "--warningiserror", "--keep-going"]
    finished = subprocess.run(command, check=False)  # noqa: S603  # our own words
    if finished.returncode != 0:
        raise CourseError("A page of the book did not build: the reason stands above.")
    return BUILD_FOLDER / "html" / "index.html"


def _run_pages(pages: list[Path]) -> None:
    """Run the code of two pages at a time, and keep what came out for Jupyter Book.

    What fails here is not kept: Jupyter Book runs that page once more, and says where it failed.
    """
    cache = get_cache(BUILD_FOLDER / CACHE)
    pool = ThreadPoolExecutor(PAGES_AT_ONCE)
    sockets = TemporaryDirectory(ignore_cleanup_errors=True)
    try:
        runs = {
            pool.submit(_run, page, Path(sockets.name, f"{number}.json")): page
            for number, page in enumerate(pages)
        }
        with progress("Running the code of the pages", len(pages)) as advance:
            for run in as_completed(runs):
                if run.exception() is None and run.result().err is None:
                    _keep(cache, runs[run], run.result())
                advance(1)
    finally:
        pool.shutdown(cancel_futures=True)
        sockets.cleanup()


def _run(page: Path, connection_file: Path) -> ExecutionResult:
    notebook = myst_nb_reader_plugin(str(page))
    config = Config()
    if sys.platform != "win32":
        # Two kernels that start at the same moment can choose the same port, and then both wait
        # forever. Files that lie beside a connection file of its own belong to one kernel.
        config.KernelManager.transport = "ipc"
        config.KernelManager.connection_file = str(connection_file)
    return single_nb_execution(
        notebook, str(BOOK), SECONDS_FOR_A_CELL, allow_errors=False, config=config
    )


def _keep(cache: JupyterCacheBase, page: Path, result: ExecutionResult) -> None:
    executed = CacheBundleIn(result.nb, str(page), data={"execution_seconds": result.time})
    cache.cache_notebook_bundle(executed, check_validity=False)


def _has_code(page: Path) -> bool:
    return is_myst_markdown_notebook(page.read_text(encoding="utf-8"))
