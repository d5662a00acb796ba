"""Keep what the grader said of every combination in book/measured/assemblies/NAME.json.

Most lines and many texts come back again and again, so each is written once: `lines`, `texts` as
[whether it passed, the ids, the numbers of its lines], and for each combination the number of its
text, in the order in which the last slot changes fastest. `mistakes` has the sentence and the three
hints of each mistake that is an option.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises.given.errors import CourseError
from exercises.given.files import replacing

from ...chapters import BOOK
from .assembly import Assembly, Chosen
from .graded import GradedVersion

KEPT = BOOK / "measured" / "assemblies"
RENEW = "make assemblies (or python -m autograder.publishing.assemblies)"


@dataclass(frozen=True)
class KeptWords:
    """What the grader said of every combination, the key of what that came from, and the words of
    each mistake: its sentence and its three hints.
    """

    key: str
    said: dict[Chosen, GradedVersion]
    mistakes: dict[str, tuple[str, ...]]


def file_for(assembly: Assembly, folder: Path = KEPT) -> Path:
    return folder / f"{assembly.name}.json"


def write_words(assembly: Assembly, kept: KeptWords, folder: Path = KEPT) -> Path:
    """Write what was said of every combination, and return the file."""
    path = file_for(assembly, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    said = [kept.said[chosen] for chosen in assembly.combinations()]
    texts = list(dict.fromkeys(said))
    lines = list(dict.fromkeys(line for text in texts for line in text.words))
    number = {line: place for place, line in enumerate(lines)}
    data = {
        "key": kept.key,
        "mistakes": kept.mistakes,
        "lines": lines,
        "texts": [[one.passed, one.named, [number[line] for line in one.words]] for one in texts],
        "combinations": [texts.index(one) for one in said],
    }
    with replacing(path) as temporary:
        temporary.write_text(_as_text(data), encoding="utf-8", newline="\n")
    return path


def read_words(assembly: Assembly, folder: Path = KEPT) -> KeptWords:
    """Return what is kept of an assembly. Raises CourseError that says how to renew it."""
    path = file_for(assembly, folder)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        lines = data["lines"]
        texts = [
            GradedVersion(passed, tuple(named), tuple(lines[number] for number in numbers))
            for passed, named, numbers in data["texts"]
        ]
        said = [texts[number] for number in data["combinations"]]
        return KeptWords(
            data["key"],
            dict(zip(assembly.combinations(), said, strict=True)),
            {name: tuple(words) for name, words in data["mistakes"].items()},
        )
    except OSError as error:
        raise CourseError(f"{path} is not there. Grade it: {RENEW}.") from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise CourseError(f"{path} does not fit its source. Renew it: {RENEW}.") from error


def _as_text(data: dict[str, Any]) -> str:
    """Return JSON with a line for each entry, so that a difference can be read."""
    parts = []
    for name, value in data.items():
        if isinstance(value, dict):
            entries = [f"{_json(key)}: {_json(one)}" for key, one in sorted(value.items())]
            parts.append(f"{_json(name)}: {{\n{_joined(entries)}\n}}")
        elif name in ("lines", "texts"):
            parts.append(f"{_json(name)}: [\n{_joined(map(_json, value))}\n]")
        else:
            parts.append(f"{_json(name)}: {_json(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _joined(entries: Any) -> str:
    return ",\n".join(entries)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
