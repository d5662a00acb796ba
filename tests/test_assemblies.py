"""What can be put together in the pages: in order, graded by this grader, and in its very words."""

import dataclasses
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from autograder.chapters import BOOK, EXERCISE_CHAPTERS, SOLUTIONS, find_chapter
from autograder.command_line import learner_commands
from autograder.grading.checks import names_of
from autograder.grading.grade import Known
from autograder.isolation.launchers import Launcher, best_launcher
from autograder.learner.journal import Journal
from autograder.publishing.assemblies import renewing
from autograder.publishing.assemblies.assembly import (
    MOST_COMBINATIONS,
    Assembly,
    assemblies_of,
)
from autograder.publishing.assemblies.graded import SEED, graded, require_named
from autograder.publishing.assemblies.grader_key import key_for
from autograder.publishing.assemblies.kept_words import read_words, write_words
from exercises.given.errors import CourseError
from tests.assembled import ASSEMBLIES, described, may_be_named, mistakes_in
from tests.slow import all_but

FEWEST_ASSEMBLIES = 12
TRIES = 3
DRAWN = 3  # combinations of each exercise that are graded afresh
KILOBYTES = 40
each_assembly = pytest.mark.parametrize("assembly", ASSEMBLIES, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with best_launcher() as started:
        yield started


# The sources


@each_assembly
def test_an_assembly_is_one_of_an_exercise_and_each_slot_has_a_choice(assembly: Assembly) -> None:
    assert assembly.name in names_of(assembly.chapter)
    assert len(list(assembly.combinations())) <= MOST_COMBINATIONS
    assert len(assembly.slots) >= 3
    for slot in assembly.slots:
        texts = [option.text for option in slot.options]
        assert len(texts) == len(set(texts)) <= 4, slot.name
        assert slot.asks.endswith("?"), slot.name


@each_assembly
def test_the_file_of_a_combination_is_the_reference_with_another_definition(
    assembly: Assembly,
) -> None:
    chosen = assembly.alone(0, 1)
    text = assembly.file(chosen)
    reference = (SOLUTIONS / f"{assembly.chapter.stem}.py").read_text(encoding="utf-8")
    compile(text, "chapter", "exec")
    lines = text.splitlines()[assembly.first_line - 1 :]
    definition = assembly.definition(chosen).splitlines()
    assert lines[: len(definition)] == definition
    assert reference.startswith("".join(text.splitlines(keepends=True)[: assembly.first_line - 1]))
    assert reference.rstrip().endswith("\n".join(lines[len(definition) :]).rstrip())


@each_assembly
def test_its_page_has_it_before_the_box_that_points_to_the_stub(assembly: Assembly) -> None:
    text = (BOOK / f"{assembly.chapter.stem}.md").read_text(encoding="utf-8")
    directive = f"```{{assemble}} {assembly.name}\n```\n"
    assert text.index("## Exercise\n") < text.index(directive) < text.index("**File**")


SOURCE = """
[triplet_loss]
left_out = "nothing"
code = '''
def triplet_loss(anchor, positive, negative, margin=1.0):
    <<before>>
    return <<result>>
'''
[triplet_loss.before]
asks = "What comes first?"
right = ""
loss-no-margin = "margin = 0.0"
[triplet_loss.result]
asks = "What comes back?"
right = "1"
loss-sum = "2"
"""


def assembly_from(folder: Path, text: str) -> Assembly:
    (folder / "ch04_triplet_loss.toml").write_text(text, encoding="utf-8")
    [assembly] = assemblies_of(find_chapter("4"), folder)
    return assembly


def test_a_slot_that_is_left_empty_leaves_its_line_out(tmp_path: Path) -> None:
    assembly = assembly_from(tmp_path, SOURCE)
    first, *others = assembly.definition((0, 0)).splitlines()
    assert others == ["    return 1"]
    assert assembly.definition((1, 1)).splitlines() == [first, "    margin = 0.0", "    return 2"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<<before>>", "pass", "places and slots differ: before"),
        ('right = "1"', "", "lacks 'right'"),
        ('loss-sum = "2"', "", "no mistake to choose"),
        ("[triplet_loss]", "[triplet_loss", "ch04_triplet_loss.toml"),
        ('right = "1"', f"right = '1'\nalso = {list(map(str, range(200)))}", "404 combinations"),
    ],
)
def test_a_source_that_is_not_in_order_is_said(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    assert old in SOURCE
    with pytest.raises(CourseError, match=re.escape(why)):
        assembly_from(tmp_path, SOURCE.replace(old, new))


# What is kept


@each_assembly
def test_the_words_that_are_kept_are_those_of_this_grader_and_of_these_slots(
    assembly: Assembly,
) -> None:
    kept = read_words(assembly)
    assert kept.key == key_for(assembly), f"renew them: {renewing.RENEW}"
    assert list(kept.said) == list(assembly.combinations())
    assert kept.mistakes == renewing.words_of_mistakes(assembly)


@pytest.mark.parametrize("assembly", all_but(ASSEMBLIES, ["TripletMNIST", "train_epoch"]))
def test_drawn_combinations_have_the_words_that_the_grader_has_now(
    assembly: Assembly, launcher: Launcher
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    drawn = random.Random(seed).sample(list(assembly.combinations()), DRAWN)
    kept = read_words(assembly).said
    for chosen, said in graded(assembly, launcher, drawn):
        assert said == kept[chosen], described(assembly, chosen)


@each_assembly
def test_each_mistake_alone_is_named_and_what_is_right_passes(assembly: Assembly) -> None:
    require_named(assembly, read_words(assembly).said)


def test_a_slot_whose_mistake_is_not_named_is_told() -> None:
    [assembly, *_] = [one for one in ASSEMBLIES if one.name == "triplet_loss"]
    said = dict(read_words(assembly).said)
    said[assembly.alone(2, 1)] = said[assembly.alone(2, 2)]
    with pytest.raises(CourseError, match=r"slot cut: 'gap \+ margin' should be loss-no-cut-off"):
        require_named(assembly, said)


@each_assembly
def test_what_is_put_together_is_named_in_part_or_whole_and_nothing_else(
    assembly: Assembly,
) -> None:
    for chosen, said in read_words(assembly).said.items():
        there = mistakes_in(assembly, chosen)
        assert set(said.named) <= may_be_named(there), described(assembly, chosen)
        assert said.passed == (not there), described(assembly, chosen)


@each_assembly
def test_words_are_written_and_read_as_they_were(assembly: Assembly, tmp_path: Path) -> None:
    kept = read_words(assembly)
    written = write_words(assembly, kept, tmp_path)
    assert read_words(assembly, tmp_path) == kept
    committed = BOOK / "measured" / "assemblies" / written.name
    assert written.read_bytes() == committed.read_text(encoding="utf-8").encode()


def test_another_text_of_an_option_is_another_key() -> None:
    assembly = ASSEMBLIES[0]
    other = dataclasses.replace(assembly, code=assembly.code + "\n")
    assert key_for(assembly) != key_for(other)


def test_words_that_are_too_old_stop_the_build_and_say_how_to_renew_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(renewing, "key_for", lambda _: "another")
    with pytest.raises(CourseError, match="make assemblies"):
        renewing.require_current()


def test_no_words_are_kept_of_what_is_no_assembly() -> None:
    kept = {path.stem for path in (BOOK / "measured" / "assemblies").iterdir()}
    assert kept == {assembly.name for assembly in ASSEMBLIES}


def test_the_scripts_of_a_page_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BOOK / "_extensions"))
    import assemble

    shared = [BOOK / "explorables" / script for script in (*assemble.SHARED, assemble.SCRIPT)]
    scripts = sum(len(gzip.compress(path.read_bytes())) for path in shared)
    for chapter in EXERCISE_CHAPTERS:
        own = [assemble.data_of(one, read_words(one)) for one in assemblies_of(chapter)]
        data = sum(len(gzip.compress(json.dumps(one).encode())) for one in own)
        assert scripts + data < KILOBYTES * 1000, (chapter.stem, scripts, data)


def test_there_is_something_to_put_together_in_every_chapter_with_a_stub() -> None:
    chapters = {assembly.chapter for assembly in ASSEMBLIES}
    assert chapters == set(EXERCISE_CHAPTERS)
    assert len(ASSEMBLIES) >= FEWEST_ASSEMBLIES


# The terminal


# What does not depend on the file that is checked: it is worked out once, and takes most of the time.
KNOWN = Known()


@pytest.fixture
def chapters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that `triplet check` looks at: the reference, to be changed."""
    for chapter in EXERCISE_CHAPTERS:
        text = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
        (tmp_path / f"{chapter.stem}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(learner_commands, "EXERCISES", tmp_path)
    monkeypatch.setattr(Journal, "read", lambda: Journal(tmp_path / "progress.json"))
    monkeypatch.setattr("autograder.learner.book_links.built_pages", lambda: None)
    monkeypatch.setattr("autograder.learner.terminal.known_aloud", lambda: KNOWN)
    return tmp_path


def printed_about(name: str, number: int) -> list[str]:
    """Return the lines that `triplet check` prints about one name of a chapter."""
    ran = CliRunner().invoke(learner_commands.check, [str(number), "--seed", str(SEED)])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    assert not isinstance(ran.exception, click.ClickException)
    report = ran.stdout.split(f"\nChapter {number}: ")[1].split("\n\n")[0].splitlines()[1:]
    about = ""
    lines = []
    for line in report:
        heading = re.match(r"\S (\w+): ", line)
        about = heading[1] if heading else about
        lines += [line] if about == name else []
    return lines


@pytest.mark.slow
@each_assembly
def test_the_words_of_every_combination_are_those_that_triplet_check_prints(
    assembly: Assembly, chapters: Path
) -> None:
    differing = []
    for chosen, said in read_words(assembly).said.items():
        path = chapters / f"{assembly.chapter.stem}.py"
        path.write_text(assembly.file(chosen), encoding="utf-8")
        # Where other work on this machine makes a measured time too long, it is tried again.
        tries = (printed_about(assembly.name, assembly.chapter.number) for _ in range(TRIES))
        if list(said.words) not in tries:
            differing.append(described(assembly, chosen))
    assert differing == []
