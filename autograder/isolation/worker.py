"""The worker: the process that runs the learner's code, and answers requests about it.

It never holds an expected value or a verdict; it sends back plain values and arrays.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..chapters import find_chapter
from ..grading.check import Check
from ..grading.checks import checks_of
from ..grading.loading import ChapterFolder, Chapters, ChapterSources
from ..grading.memory import limit_memory
from ..grading.outcome import Ending, Outcome
from ..grading.survey import ForbiddenUse, Survey
from .attempts import attempt_all
from .channel import Channel
from .frames import pack, unpack
from .in_process import InProcess
from .left_behind import Traces, changes, traces
from .printed import LONGEST, Printed
from .worker_limits import die_with_parent

if TYPE_CHECKING:
    from .layers import Layers

LARGEST_REPLY = 8 * 2**20  # bytes; the largest correct answer has a few thousand
LARGEST_REQUEST = 2**30
LONGEST_WORD = 2_000  # characters of any text from a worker
READY = b"ready"
STEP = "step"
SECONDS_OF_CPU = 600
# The fields of an outcome besides its value, and their types.
WORDS = {one.name: str for one in fields(Outcome)} | {"line": int, "milliseconds": int}
WORDS.pop("value")


def serve(channel: Channel) -> None:
    """Answer the requests that arrive on a channel, until it is closed.

    The first message says where the chapters are; see `chapters_of`.
    """
    _leave_terminal()
    limit_memory()
    _answer_requests(channel, traces())


def serve_forked(channel: Channel, layers: "Layers | None", before: Traces | None) -> None:
    """Serve as a forked worker: like `serve`, but under the layers; it dies with the zygote.

    before: the traces of a process in which no learner's code has run, if they are to be compared.
    """
    _leave_terminal()
    if layers is None:
        os.setpgid(0, 0)  # its own process group, so that its children are killed with it
        die_with_parent()
        limit_memory()
    else:
        try:
            layers.put_on(os.getpid(), SECONDS_OF_CPU)
        except OSError as error:
            # Without its layers, no learner's code may run.
            channel.send(f"the layers of isolation: {error}".encode())
            return
    _answer_requests(channel, before)


def chapters_of(folder: Path | None, files: dict[str, bytes]) -> list[Any]:
    """Return the first message: the chapters' folder, and the source of those in memory."""
    return ["chapters", str(folder) if folder else "", files]


def request_surveys(stems: Iterable[str]) -> list[Any]:
    return ["surveys", list(stems)]


def request_load(stem: str) -> list[Any]:
    return ["load", stem]


def request_call(stem: str, check: Check, inputs: dict[str, Any], seed: int) -> list[Any]:
    return ["call", stem, check.identity(stem), inputs, seed]


def request_changes() -> list[Any]:
    return ["changes"]


def request_attempts(facts: dict[str, Any]) -> list[Any]:
    return ["attempts", facts]


def survey_from(reply: Any) -> Survey:
    """Return the survey in a worker's reply. Raises ValueError if there is none."""
    try:
        unwritten = frozenset(map(str, reply["unwritten"]))
        uses = {str(name): tuple(map(str, used)) for name, used in reply["uses"].items()}
        findings = {
            str(name): tuple(
                ForbiddenUse(str(call), int(line), str(why)) for call, line, why in found
            )
            for name, found in reply["findings"].items()
        }
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError("the worker sent no survey") from error
    return Survey(uses, findings, unwritten)


def outcome_from(reply: Any) -> Outcome:
    """Return the outcome in a worker's reply. Raises ValueError if there is none."""
    if not isinstance(reply, dict) or not all(isinstance(name, str) for name in reply):
        raise ValueError("the worker sent no outcome")
    words = {}
    for name, kind in WORDS.items():
        if type(reply.get(name)) is not kind:
            raise ValueError(f"the worker sent an outcome without a proper {name}")
        words[name] = reply[name] if kind is int else _cut(reply[name], name)
    if reply.keys() != {*WORDS, "value"}:
        raise ValueError("the worker sent an outcome with something else in it")
    return Outcome(**{**words, "value": reply["value"], "ending": Ending(words["ending"])})


def _cut(text: str, name: str) -> str:
    most = LONGEST + 3 if name == "printed" else LONGEST_WORD
    return text if len(text) <= most else text[:most] + "..."


def _answer_requests(channel: Channel, before: Traces | None) -> None:
    # A chapter that imports a reference solution gets an ImportError, whatever alias it uses.
    sys.modules["solutions"] = None  # type: ignore[assignment]  # None blocks the import
    channel.send(READY)
    with contextlib.suppress(EOFError, OSError):
        here = _Here(unpack(channel.receive(LARGEST_REQUEST)), before)
        while True:
            request = unpack(channel.receive(LARGEST_REQUEST))
            channel.send(_reply(here, request, lambda value: _next_turn(channel, value)))


@dataclass
class _Here:
    """The learner's chapters in this process: each with its own copy of those that it imports."""

    place: list[Any]
    before: Traces | None
    loaded: dict[str, InProcess] = field(default_factory=dict)

    def of(self, stem: str) -> InProcess:
        if stem not in self.loaded:
            self.loaded[stem] = InProcess(_chapters(self.place))
        return self.loaded[stem]

    def changes(self) -> list[str]:
        """Return what the chapters changed for whatever runs here next, and let go of them."""
        self.loaded.clear()
        if self.before is None:
            return ["nobody knows what was there before"]
        return changes(self.before, traces())


def _next_turn(channel: Channel, value: Any) -> Any:
    """Send a step's value; return the next turn, which the grader withholds until then."""
    channel.send(pack([STEP, value]))
    return unpack(channel.receive(LARGEST_REQUEST))


def _chapters(place: list[Any]) -> Chapters:
    match place:
        case ["chapters", folder, {} as files] if folder and not files:
            return ChapterFolder(Path(folder))
        case ["chapters", folder, {} as files]:
            return ChapterSources(files, Path(folder) if folder else None)
    raise ValueError(f"no place of chapters: {place!r}")


def _reply(here: _Here, request: list[Any], step: Callable[[Any], Any]) -> bytes:
    printed = Printed()
    # Not process_time: under RLIMIT_CPU, Linux updates that clock only now and then.
    began = time.thread_time()
    with printed.captured():
        answer = _answer(here, request, step)
    seconds = time.thread_time() - began
    if not isinstance(answer, Outcome):
        return pack(answer)
    frame = pack({**_as_dict(replace(answer, printed=printed.text)), "seconds": seconds})
    if len(frame) > LARGEST_REPLY:
        size = f"Returned {len(frame) / 2**20:,.0f} MB of numbers."
        expected = "Expected a far smaller result."
        too_large = Outcome(Ending.MISMATCH, observed=size, expected=expected)
        frame = pack({**_as_dict(too_large), "seconds": seconds})
    return frame


def _answer(here: _Here, request: list[Any], step: Callable[[Any], Any]) -> Any:
    match request:
        case ["surveys", stems]:
            return {stem: _plain(here.of(stem).survey(stem)) for stem in stems}
        case ["load", stem]:
            return here.of(stem).load(stem) or Outcome(Ending.RETURNED)
        case ["call", stem, identity, inputs, seed]:
            checks = checks_of(find_chapter(stem))
            check = next(check for check in checks if check.identity(stem) == identity)
            return here.of(stem).call(stem, check, inputs, seed, step)
        case ["changes"]:
            return {"changes": here.changes()}
        case ["attempts", facts]:
            return attempt_all(facts)
    raise ValueError(f"unknown request {request!r}")


def _plain(survey: Survey | Outcome) -> dict[str, Any]:
    if isinstance(survey, Outcome):
        return _as_dict(survey)
    findings = {
        name: tuple((one.call, one.line, one.reason) for one in found)
        for name, found in survey.findings.items()
    }
    return {"uses": survey.uses, "findings": findings, "unwritten": sorted(survey.unwritten)}


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    values = {one.name: getattr(outcome, one.name) for one in fields(Outcome)}
    return {**values, "ending": outcome.ending.value}


def _leave_terminal() -> None:
    """Point the standard streams to the null device: input() fails, and C code prints nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
