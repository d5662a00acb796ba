"""Make every sickness of a training, and healthy runs, and write how the verdict names them.

python -m tests.sick, which `make sick` runs, writes book/measured/sick.json: each group of
tests/sick/cases.py, which says what the rules have seen; 200 healthy runs; and how soon a collapse
is said. With --group, --healthy or --collapses a part of it alone is renewed.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from tests.sick.cases import FAST, GROUPS
from tests.sick.healthy import measure_healthy
from tests.sick.on_the_way import measure_collapses
from tests.sick.table import FIRST_LOOKS, MEASURED, measure

HEALTHY_RUNS = 200
Part = Callable[[], dict[str, Any]]


def parts_of(asked: argparse.Namespace) -> dict[str, Part]:
    """Return the parts of the table that are to be measured, each with how; of none, all."""
    is_all = not (asked.group or asked.healthy or asked.collapses)
    groups = GROUPS if is_all else asked.group
    parts: dict[str, Part] = {name: lambda name=name: of_group(name, asked) for name in groups}
    if asked.healthy or is_all:
        runs = asked.healthy or HEALTHY_RUNS
        parts["healthy runs"] = lambda: measure_healthy(runs, asked.records)
    if asked.collapses or is_all:
        parts["collapses"] = lambda: measure_collapses(asked.records)
    return parts


def of_group(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    found = measure(GROUPS[name], asked.only, asked.records)
    print(name, found["counts"], found["worst of the healthy"], flush=True)
    if name in FIRST_LOOKS:
        found["counts at the first look"] = FIRST_LOOKS[name]
    return found


def renew(name: str, found: dict[str, Any]) -> None:
    """Put a part into the table, whose other parts stay."""
    table = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.is_file() else {}
    table[name] = found
    MEASURED.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="ids of sicknesses, or healthy; writes nothing")
    parser.add_argument(
        "--small", action="store_true", help="one case of each alone, in short; writes nothing"
    )
    parser.add_argument("--group", action="append", default=[], choices=GROUPS)
    parser.add_argument("--healthy", type=int, default=0, metavar="N", help="N healthy runs")
    parser.add_argument("--collapses", action="store_true", help="how soon a collapse is said")
    parser.add_argument("--records", type=Path, help="keep the runs here, and read them again")
    asked = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if asked.small:
        print(measure([FAST], asked.only, asked.records)["counts"])
        return
    for name, part in parts_of(asked).items():
        found = part()
        if not asked.only:
            renew(name, found)


if __name__ == "__main__":
    main(sys.argv[1:])
