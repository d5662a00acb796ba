"""Classes of submissions to grade: honest students who write in different ways, some mistaken."""

from pathlib import Path

from autograder.chapters import EXERCISE_CHAPTERS, SOLUTIONS

WAYS = [
    SOLUTIONS,
    *sorted(path for path in (Path(__file__).parent / "accepted").iterdir() if path.is_dir()),
]
# A mistake stands in the reference's text: the chapter, what is replaced, and by what.
MISTAKES = [
    ("ch04_triplet_loss", "squared.clamp(min=1e-12).sqrt()", "squared.clamp(min=1e-12)"),
    ("ch04_triplet_loss", "+ margin).mean()", "- margin).mean()"),
    ("ch08_embedding_space", "centred = x - x.mean(dim=0)", "centred = x"),
    ("ch05_triplet_mining", "F.softplus(gaps) if margin is None else", "F.relu(gaps) if margin is None else"),
    ("ch07_training", "optimizer.zero_grad()", "pass"),
]  # fmt: skip
MISTAKEN_EVERY = 3


def honest_files(number: int) -> dict[str, bytes]:
    """Return what an honest student hands in: no two hand in the same bytes.

    They write as the reference does or as one of the accepted other ways; every third of them has
    a mistake in one chapter.
    """
    # The step after each round has every way meet the mistakes, whatever divides what.
    way = WAYS[(number + number // len(WAYS)) % len(WAYS)]
    texts = {
        one.stem: (way / f"{one.stem}.py").read_text(encoding="utf-8") for one in EXERCISE_CHAPTERS
    }
    if number % MISTAKEN_EVERY == 0:
        stem, old, new = MISTAKES[number // MISTAKEN_EVERY % len(MISTAKES)]
        reference = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
        assert old in reference, f"{stem}: {old} is written in another way now"
        texts[stem] = reference.replace(old, new)
    return {
        stem: f"{text}\n# Handed in by student {number}.\n".encode() for stem, text in texts.items()
    }


def write_class(folder: Path, count: int) -> Path:
    """Write a folder for each of so many honest students, and return the class's folder."""
    for number in range(count):
        write_student(folder / f"student-{number:05}", honest_files(number))
    return folder


def write_student(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for stem, source in files.items():
        (folder / f"{stem}.py").write_bytes(source)
