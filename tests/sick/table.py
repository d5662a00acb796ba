"""How the verdict names runs that were made sick, and healthy ones: rows and counts.

A sick recipe does not always do harm: digits of 8 x 8 pixels are learnt at a rate of 0.1, too. So
each row also has by how much the run's Recall@1 stayed below that of the course's recipe of the
same case, and there are two counts: of all runs, and of those that lost HARM or more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from autograder.chapters import BOOK
from exercises.given.health.chart import Chart
from exercises.given.health.signs import learnt, margin_of
from exercises.given.health.verdict import RunVerdict, verdict
from exercises.given.studies.run_record import RunRecord
from tests.sick.cases import Case
from tests.sick.runs import HEALTHY, ON_TEST, THE_COURSES, all_makers, kept_record

MEASURED = BOOK / "measured" / "sick.json"
# Of Recall@1 of some 240 to 900 test images: three standard deviations of the difference, and more.
HARM = 0.05
NAMES = ("first", "second", "wrong", "none", "healthy")
# What was counted in a group when it was run for the first time, before rules or makers were
# mended on it.
FIRST_LOOKS: dict[str, dict[str, Any]] = {
    "mended on": {
        "sick": 180,
        **dict(zip(NAMES, (167, 0, 0, 2, 11), strict=True)),
        "healthy runs": 60,
        "accused": 2,
        "healthy, but none fits": 1,
    },
    "mended on, second time": {
        "sick": 108,
        **dict(zip(NAMES, (101, 0, 2, 0, 5), strict=True)),
        "healthy runs": 36,
        "accused": 0,
        "healthy, but none fits": 0,
    },
    "mended on, letters": {
        "sick": 36,
        **dict(zip(NAMES, (34, 0, 1, 0, 1), strict=True)),
        "healthy runs": 12,
        "accused": 0,
        "healthy, but none fits": 0,
    },
    "mended on, third time": {
        "sick": 108,
        **dict(zip(NAMES, (96, 1, 2, 0, 9), strict=True)),
        "harmed": {"sick": 78, **dict(zip(NAMES, (74, 1, 2, 0, 1), strict=True))},
        "healthy runs": 36,
        "accused": 0,
        "healthy, but none fits": 0,
    },
    "mended on, fourth time": {
        "sick": 72,
        **dict(zip(NAMES, (67, 0, 0, 0, 5), strict=True)),
        "harmed": {"sick": 57, **dict(zip(NAMES, (57, 0, 0, 0, 0), strict=True))},
        "healthy runs": 24,
        "accused": 0,
        "healthy, but none fits": 0,
    },
}


def how_named(said: RunVerdict, sickness: str) -> str:
    """Return how a sickness is named: first, second, none (that none fits), healthy, or wrong."""
    if sickness in said.names:
        return ("first", "second")[said.names.index(sickness)]
    if said.names:
        return f"wrong: {' + '.join(said.names)}"
    return "healthy" if said.is_healthy else "none"


def lost(record: RunRecord, twin: RunRecord) -> float | None:
    """Return how far Recall@1 of the test images is below the twin's; None: there is no network."""
    own, healthy = record.ended.get(ON_TEST), twin.ended[ON_TEST]
    return None if own is None else round(healthy - own, 3)


def measure(
    cases: Sequence[Case], only: Sequence[str] = (), folder: Path | None = None
) -> dict[str, Any]:
    """Return a row for each maker: how its runs in the cases were named, in their order."""
    rows = []
    healthy: list[RunRecord] = []
    twins = [kept_record(HEALTHY[THE_COURSES], case, folder, f" {THE_COURSES}") for case in cases]
    for sickness, how, make in all_makers(only):
        records = [kept_record(make, case, folder, f"{sickness} {how}") for case in cases]
        row = {
            "sickness": sickness or "healthy",
            "made by": how,
            "named": [how_named(verdict(record), sickness) for record in records],
            "lost": [lost(*pair) for pair in zip(records, twins, strict=True)],
        }
        rows.append(row)
        print(f"{row['sickness']} ({how}): {', '.join(row['named'])}; {row['lost']}", flush=True)
        healthy += [] if sickness else records
    return {
        "cases": [case.described() for case in cases],
        "counts": counts(rows),
        "by sickness": by_sickness(rows),
        "worst of the healthy": worst_of(healthy) if healthy else {},
        "rows": rows,
    }


Row = Mapping[str, Any]


def counts(rows: Sequence[Row]) -> dict[str, Any]:
    """Return how many sick runs were named how, and how many healthy ones were accused.

    "harmed" counts the sick runs that lost HARM or more. A recipe that is healthy elsewhere may
    lose as much on some images: to name that is no accusation.
    """
    sick = [row for row in rows if row["sickness"] != "healthy"]
    healthy = [row for row in rows if row["sickness"] == "healthy"]
    every, sick_in_fact = sorts(healthy), sorts(healthy, harmed=True)
    return {
        **sorts(sick),
        "harmed": sorts(sick, harmed=True),
        "healthy runs": every["sick"],
        "accused": every["wrong"] - sick_in_fact["wrong"],
        "sick in fact, and named": sick_in_fact["wrong"],
        "healthy, but none fits": every["none"],
    }


def sorts(rows: Iterable[Row], harmed: bool = False) -> dict[str, int]:
    """Return how many runs there are, and how many were named how; of all, or of the harmed."""
    found: Counter[str] = Counter(
        word.partition(":")[0]
        for row in rows
        for number, word in enumerate(row["named"])
        if not harmed or is_harm(row["lost"][number])
    )
    return {"sick": found.total(), **{word: found[word] for word in NAMES}}


def is_harm(loss: float | None) -> bool:
    return loss is None or loss >= HARM


def by_sickness(rows: Sequence[Row]) -> dict[str, Any]:
    """Return of each sickness [named first or second, runs], of all and of those with harm."""
    table: dict[str, Any] = {}
    for sickness in dict.fromkeys(row["sickness"] for row in rows if row["sickness"] != "healthy"):
        own = [row for row in rows if row["sickness"] == sickness]
        every, harmed = sorts(own), sorts(own, harmed=True)
        table[sickness] = {
            "all": [every["first"] + every["second"], every["sick"]],
            "harmed": [harmed["first"] + harmed["second"], harmed["sick"]],
        }
    return table


def signs_of(record: RunRecord) -> dict[str, float]:
    """Return what the rules hold against their thresholds."""
    chart = Chart(record)
    margin = margin_of(chart)
    near = [value for _, value in chart.ratio("positive_distance", "negative_distance")]
    norms = chart.values("norm")
    share = learnt(chart)
    return {
        "largest relative update": max(chart.values("relative_update")),
        "first gradient": chart.values("gradient_norm")[0],
        "least distance / norm": min(
            value for _, value in chart.ratio("negative_distance", "norm")
        ),
        "least distance / margin": min(chart.values("negative_distance")) / margin,
        "least effective rank": min(chart.values("effective_rank")),
        "largest dead share": max(chart.values("dead_share")),
        "norm at the end / at first": norms[-1] / norms[0],
        "norm at the end": norms[-1],
        "positive / negative distance, median": median(near),
        "share of the way to Recall@1 = 1": 0.0 if share is None else share,
    }


def worst_of(records: Sequence[RunRecord]) -> dict[str, float]:
    """Return of each sign the healthy run's that is nearest to its threshold."""
    signs = [signs_of(record) for record in records]
    least = ("least", "share")
    return {
        name: round((min if name.startswith(least) else max)(one[name] for one in signs), 4)
        for name in signs[0]
    }
