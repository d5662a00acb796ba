"""Find whose work a folder or archive holds: one source per student, read when it is graded."""

import functools
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypeVar, cast

from exercises.given.errors import CourseError

from ..submission import LeftAside, Submission
from .archives import archive_root, list_archive
from .canvas_names import ANYBODY, CanvasNames, People
from .caps import (
    ARCHIVE_BYTES,
    ARCHIVES,
    BULK_ENTRIES,
    BULK_INFLATED_BYTES,
    ENTRIES,
    INFLATED_BYTES,
    PATH_CHARACTERS,
)
from .chosen import chosen
from .display import shown, unique_keys
from .entries import Entry, Listing, Unreadable
from .folders import children, file_on_disk, is_real_folder, open_plain, walk
from .passed_over import why_passed_over
from .platforms import ONE_READING, Label, Owner, read_label

Owned: TypeAlias = tuple[Label, Entry | Path]
Item = TypeVar("Item")


@dataclass(slots=True)
class Source:
    """One student of the class. The submission is listed here, and read by `read`.

    is_enrolled: whether the roster has this student; without a roster, true for everybody.
    lines: the lines of the roster that this is: one for a person, none for somebody else. rule:
    what the work was recognised by, in words. doubt: what is unclear about whose it is.
    """

    student: str
    name: str
    learning_platform: dict[str, str] = field(default_factory=dict)
    entries: Sequence[Entry] = ()
    folders: Sequence[Path] = ()
    handed_in: bool = True
    is_enrolled: bool = True
    lines: tuple[int, ...] = ()
    rule: str = ""
    doubt: str = ""

    def listing(self) -> Listing:
        """Return all files that were handed in, those in archives too."""
        listing = Listing(list(self.entries))
        for folder in self.folders:
            _extend(listing, walk(folder))
        return _with_archives(listing)

    def read(self) -> Submission:
        """Return the submission: the chapter files, and what is left aside, with the reasons."""
        files, troubles, left_aside = chosen(self.listing())
        return Submission(
            self.student, self.name, files, left_aside, troubles, self.learning_platform
        )


def find_students(place: Path, people: People = ANYBODY) -> list[Source]:
    """Return the students whose work a folder, zip or tar holds, sorted by their keys.

    people: the names on the roster by their number in Canvas, for file names that can be read in
    two ways; None if no file is from Canvas. Raises CourseError if it cannot be read, or holds
    nothing to grade.
    """
    if not place.exists():
        raise CourseError(f"{place}: there is no such folder or archive. Name what was downloaded.")
    try:
        in_folder = place.is_dir()
        students = by_owner(_in_folder(place, people) if in_folder else _in_archive(place, people))
    except Unreadable as error:
        raise CourseError(
            f"{place} {error.why}. Name the folder, zip or tar of the class."
        ) from error
    if not students:
        raise CourseError(
            f"{place}: no student's work was found. Put a folder for each student in it, or name "
            "the download of the learning platform as it is."
        )
    return students


def _in_folder(place: Path, people: People) -> Iterator[Owned]:
    found = [(child, is_real_folder(child)) for child in children(_unwrapped(place), BULK_ENTRIES)]
    canvas = CanvasNames((child.name for child, is_folder in found if not is_folder), people)
    for child, is_folder in emptied(found):
        name = shown(child.name, PATH_CHARACTERS)
        label = read_label(child.name, is_folder, canvas)
        if why_passed_over(name, is_folder) or label.owner is None:
            continue
        path = Path(child.path)
        yield label, path if is_folder else file_on_disk(path, name, label.file, label.upload)


def _unwrapped(place: Path) -> Path:
    """Return the one folder inside `place` if it wraps several students' work, else `place`."""
    inside = [child for child in children(place, BULK_ENTRIES) if _owner_of(child)]
    if len(inside) != 1 or not is_real_folder(inside[0]):
        return place
    wrapped = Path(inside[0].path)
    if (wrapped / ".git").exists():
        return place  # the Git clone of one student
    found = children(wrapped, BULK_ENTRIES)
    labels = {child.name: read_label(child.name, is_real_folder(child)) for child in found}
    # Two archives may be two uploads of one student; two folders hardly are.
    clear = [one for one in found if is_real_folder(one) or labels[one.name].is_platform]
    owners = {_owner_of(one) for one in clear} - {None}
    return wrapped if len(owners) > 1 and not any(one.is_bare for one in labels.values()) else place


def _owner_of(child: os.DirEntry[str]) -> str | None:
    """Return the mark of the owner of a file or folder, None if it is nobody's."""
    is_folder = is_real_folder(child)
    owner = read_label(child.name, is_folder).owner
    return None if owner is None or why_passed_over(shown(child.name), is_folder) else owner.mark


def _in_archive(place: Path, people: People) -> Iterator[Owned]:
    listing, _ = list_archive(lambda: open_plain(place), BULK_ENTRIES, BULK_INFLATED_BYTES)
    for one in listing.left_aside:
        if one.path == "...":  # the students after that point would be lost silently
            raise Unreadable(f"cannot be read to its end: {one.why}")
    yield from in_listing(listing, people)


def in_listing(listing: Listing, people: People = ANYBODY) -> Iterator[Owned]:
    """Yield the files of an archive, each with what its path says about its owner."""
    wrapping = _wrapping_folder(listing.entries)
    paths = [entry.path.removeprefix(wrapping) for entry in listing.entries]
    canvas = CanvasNames((path for path in paths if "/" not in path), people)
    for entry, path in zip(listing.entries, paths, strict=True):
        label, rest = _label_of(path, canvas)
        if label.owner is None:
            continue
        name = entry.name if rest else label.file
        opener = None if archive_root(name) is None else functools.partial(_held, entry)
        owned = Entry(entry.path, name, entry.fetch, opener, entry.hindrance, label.upload)
        yield label, owned


def _wrapping_folder(entries: list[Entry]) -> str:
    """Return the only top folder, with "/", if it wraps several students' work, else ""."""
    tops = {entry.path.partition("/")[0] for entry in entries}
    if len(tops) != 1:
        return ""
    wrapping = f"{tops.pop()}/"
    labels = [_label_of(entry.path.removeprefix(wrapping))[0] for entry in entries]
    owners = {label.owner.mark for label in labels if label.owner}
    return wrapping if len(owners) > 1 and not any(label.is_bare for label in labels) else ""


def _label_of(path: str, canvas: CanvasNames = ONE_READING) -> tuple[Label, str]:
    """Return the label of the first part of a path, and the rest of the path."""
    first, _, rest = path.partition("/")
    return read_label(first, bool(rest), canvas), rest


def _held(entry: Entry) -> BinaryIO:
    """Open an archive inside an archive, which is in memory while its student's work is read."""
    return io.BytesIO(entry.fetch(ARCHIVE_BYTES))


def by_owner(found: Iterable[Owned]) -> list[Source]:
    """Return a source for each owner; what the newest upload says of the owner holds."""
    works: dict[str, list[Owned]] = {}
    for label, work in found:
        if label.owner:
            works.setdefault(label.owner.mark, []).append((label, work))
    keys = unique_keys([_newest(work)[1].identity for work in works.values()])
    each = list(works.values())
    works.clear()
    sources = [_source(key, work) for key, work in zip(keys, emptied(each), strict=True)]
    return sorted(sources, key=lambda source: source.student)


def emptied(items: list[Item]) -> Iterator[Item]:
    """Yield the items of a list and let go of each: in a large class there are many."""
    items.reverse()
    while items:
        yield items.pop()


def _newest(work: list[Owned]) -> tuple[Label, Owner]:
    label = max(work, key=lambda one: one[0].upload)[0]
    return label, cast(Owner, label.owner)


def _source(key: str, work: list[Owned]) -> Source:
    label, owner = _newest(work)
    name = shown(owner.name)
    return Source(
        name if key == name else key,
        name,
        owner.learning_platform,
        tuple(one for _, one in work if isinstance(one, Entry)),
        tuple(one for _, one in work if isinstance(one, Path)),
        rule=label.rule,
    )


def _with_archives(listing: Listing) -> Listing:
    """Return the listing with each archive replaced by the files that it holds."""
    whole = Listing([], list(listing.left_aside))
    opened, left = 0, INFLATED_BYTES
    for entry in listing.entries:
        if archive_root(entry.name) is None or entry.opener is None or entry.hindrance:
            whole.entries.append(entry)
            continue
        opened += 1
        try:
            if opened > ARCHIVES:
                raise Unreadable(f"is one of more than {ARCHIVES} archives")
            inner, inflated = list_archive(entry.opener, ENTRIES, left)
            left -= inflated
        except Unreadable as error:
            whole.left_aside.append(LeftAside(entry.path, error.why))
            continue
        _extend(whole, inner)
    return whole


def _extend(listing: Listing, other: Listing) -> None:
    listing.entries += other.entries
    listing.left_aside += other.left_aside
