"""The process in which a learner's chapter runs: it answers requests until it is let go.

It never holds an expected value or a verdict; what it sends back is values and arrays.
"""

import contextlib
import os
import sys
from dataclasses import fields, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ..chapters import find_chapter
from ..check import Check
from ..checks import checks_of
from ..outcome import Ending, Outcome
from ..survey import Finding, Survey
from .frames import pack, unpack
from .in_process import InProcess
from .limits import die_with_parent, limit_memory
from .printed import Printed

LARGEST_REPLY = 64 * 2**20
READY = b"ready"


def serve(connection: Connection) -> None:
    """Answer the requests that come over a connection, until it is closed.

    The first message names the folder of the chapters.
    """
    _leave_terminal()
    limit_memory()
    # A chapter that imports the reference gets an ImportError, whatever name it has for it.
    sys.modules["solutions"] = None  # type: ignore[assignment]  # None is what blocks an import
    connection.send_bytes(READY)
    with contextlib.suppress(EOFError, OSError):
        here = InProcess(Path(unpack(connection.recv_bytes())))
        while True:
            connection.send_bytes(_reply(here, unpack(connection.recv_bytes())))


def serve_forked(connection: Connection) -> None:
    """Be a forked worker: as `serve`, and gone as soon as the zygote is."""
    os.setpgid(0, 0)  # so that what the chapter may start ends with it
    die_with_parent()
    serve(connection)


def request_survey(stem: str) -> list[Any]:
    return ["survey", stem]


def request_load(stem: str) -> list[Any]:
    return ["load", stem]


def request_call(stem: str, check: Check, inputs: dict[str, Any], seed: int) -> list[Any]:
    return ["call", stem, check.identity(stem), inputs, seed]


def survey_from(reply: Any) -> Survey:
    """Return the survey that a worker sent. Raises ValueError for anything else."""
    try:
        uses = {str(name): tuple(map(str, used)) for name, used in reply["uses"].items()}
        findings = {
            str(name): tuple(Finding(str(call), int(line), str(why)) for call, line, why in found)
            for name, found in reply["findings"].items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the worker sent no survey") from error
    return Survey(uses, findings)


def outcome_from(reply: Any) -> Outcome:
    """Return the outcome that a worker sent. Raises ValueError for anything else."""
    if not isinstance(reply, dict) or not all(isinstance(name, str) for name in reply):
        raise ValueError("the worker sent no outcome")
    kinds = {field.name: str for field in fields(Outcome)} | {"line": int}
    for name, kind in kinds.items():
        if name != "value" and not isinstance(reply.get(name), kind):
            raise ValueError(f"the worker sent an outcome without a proper {name}")
    return Outcome(**{**reply, "ending": Ending(reply["ending"])})


def _reply(here: InProcess, request: list[Any]) -> bytes:
    printed = Printed()
    with printed.captured():
        answer = _answer(here, request)
    if isinstance(answer, Survey):
        findings = {
            name: tuple((one.call, one.line, one.reason) for one in found)
            for name, found in answer.findings.items()
        }
        return pack({"uses": answer.uses, "findings": findings})
    frame = pack(_as_dict(replace(answer, printed=printed.text)))
    if len(frame) > LARGEST_REPLY:
        size = f"Returned {len(frame) / 2**20:,.0f} MB of numbers."
        expected = "Expected a far smaller result."
        too_large = Outcome(Ending.MISMATCH, observed=size, expected=expected)
        frame = pack(_as_dict(too_large))
    return frame


def _answer(here: InProcess, request: list[Any]) -> Survey | Outcome:
    match request:
        case ["survey", stem]:
            return here.survey(stem)
        case ["load", stem]:
            return here.load(stem) or Outcome(Ending.RETURNED)
        case ["call", stem, identity, inputs, seed]:
            checks = checks_of(find_chapter(stem))
            check = next(check for check in checks if check.identity(stem) == identity)
            return here.call(stem, check, inputs, seed)
    raise ValueError(f"unknown request {request!r}")


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    values = {field.name: getattr(outcome, field.name) for field in fields(Outcome)}
    return {**values, "ending": outcome.ending.value}


def _leave_terminal() -> None:
    """Take the terminal away: a chapter's input() fails at once, and C code prints nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
