"""Generate the stubs from the solutions: what stands between the markers becomes a TODO.

python -m autograder.stubs           write every stub that nobody has edited
python -m autograder.stubs --check   say which stubs are out of step, and change nothing
"""

import hashlib
import re
import sys
from pathlib import Path

from exercises.given.errors import CourseError
from exercises.given.files import replacing

from .chapters import BREAKS, EXERCISE_CHAPTERS, EXERCISES, SOLUTIONS, Chapter

BEGIN = re.compile(r"^(?P<indent> *)### BEGIN SOLUTION(?:: (?P<todo>.*))?$")
END = re.compile(r"^ *### END SOLUTION$")
MARK = "# Stub "
LAST_LINE = re.compile(rf"^{MARK}(?P<digest>[0-9a-f]{{12}}): .*$")


def make_stub(source: str, chapter: Chapter) -> str:
    """Return the stub of a solution's source text.

    A marked block with a text becomes a numbered TODO that raises NotImplementedError; a marked
    block without one (a helper of the reference) is left out.
    """
    lines: list[str] = []
    number = 0
    inside = False
    for line in source.splitlines():
        begin = BEGIN.match(line)
        if begin:
            inside = True
            if begin["todo"]:
                number += 1
                lines += _todo(begin["indent"], number, begin["todo"], chapter)
        elif END.match(line):
            inside = False
        elif not inside:
            lines.append(line)
    body = re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).strip() + "\n"
    return f"{body}\n\n{_last_line(body)}\n"


def is_untouched(stub: str) -> bool:
    """Return whether a stub is as it was generated, now or by an earlier version."""
    body, _, last = stub.replace("\r\n", "\n").rstrip("\n").rpartition("\n")
    mark = LAST_LINE.match(last)
    return bool(mark) and _digest(body) == mark["digest"]  # type: ignore[index]  # bool(mark)


def stub_of(chapter: Chapter) -> str:
    """Return the stub that belongs to the chapter's solution as it is now."""
    source = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
    return make_stub(source, chapter)


def write_stub(chapter: Chapter, folder: Path = EXERCISES, *, overwrite: bool = False) -> Path:
    """Write the chapter's stub and return its path.

    Raises CourseError rather than lose what somebody wrote, unless told to overwrite.
    """
    path = folder / f"{chapter.stem}.py"
    if path.exists() and not overwrite and not is_untouched(_text_of(path)):
        raise CourseError(
            f"{path}: somebody has edited this stub, so it is left alone. "
            "Move it away and run this again to get a fresh one."
        )
    with replacing(path) as temporary:
        temporary.write_text(stub_of(chapter), encoding="utf-8", newline="\n")
    return path


def main(arguments: list[str]) -> int:
    """Write or check every stub; return the exit code."""
    status = 0
    for chapter in (*EXERCISE_CHAPTERS, BREAKS):
        path = EXERCISES / f"{chapter.stem}.py"
        if arguments == ["--check"]:
            in_step = path.exists() and _text_of(path) == stub_of(chapter)
            if not in_step:
                print(f"{path}: out of step with its solution. Run python -m autograder.stubs")
                status = 1
            continue
        try:
            print(f"wrote {write_stub(chapter)}")
        except CourseError as error:
            print(error)
            status = 1
    return status


def _text_of(path: Path) -> str:
    # What is not UTF-8 was not generated: it only has to be told apart, not to be understood.
    return path.read_text(encoding="utf-8", errors="replace")


def _todo(indent: str, number: int, text: str, chapter: Chapter) -> list[str]:
    return [
        f"{indent}# TODO {number}: {text}.",
        f'{indent}raise NotImplementedError("TODO {number}: read {chapter.page}")',
    ]


def _last_line(body: str) -> str:
    return f"{MARK}{_digest(body)}: as long as this fits the text above, nobody has edited it."


def _digest(body: str) -> str:
    return hashlib.sha256(body.strip().encode()).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
