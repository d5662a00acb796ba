"""Run a command as a process of its own that need not load torch and the plots: that takes seconds.

Python's fork server has loaded the libraries, and nothing of the course. Each command is a fork of
it, and loads the course from the folder that it is to run in.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

LIBRARIES = [
    "matplotlib.pyplot",
    "pytest",
    "rich.console",
    "sklearn.decomposition",
    "sklearn.manifold",
    "torch._dynamo",
]


def run_module(
    module: str, *arguments: str, cwd: Path, env: dict[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `python -m module arguments`; return its exit code, and what it said."""
    command = [sys.executable, "-m", module, *arguments]
    if sys.platform != "linux":  # elsewhere torch does not survive a fork, or there is none
        return subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    with tempfile.TemporaryDirectory() as folder:
        said = [Path(folder) / name for name in ("stdout", "stderr")]
        process = context.Process(target=_become, args=(module, arguments, cwd, env, said))
        process.start()
        process.join(timeout)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(command, timeout)
        texts = [path.read_text(encoding="utf-8") for path in said]
    return subprocess.CompletedProcess(command, process.exitcode or 0, *texts)


def _become(
    module: str, arguments: tuple[str, ...], cwd: Path, env: dict[str, str], said: list[Path]
) -> None:
    assert "autograder" not in sys.modules, "the command would run another folder's course"
    for number, path in enumerate([Path(os.devnull), *said]):
        with path.open("rb" if number == 0 else "wb") as file:
            os.dup2(file.fileno(), number)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.path[:0] = ["", *env.get("PYTHONPATH", "").split(os.pathsep)]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
