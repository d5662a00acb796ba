"""Read the file names of a Canvas download: whose file it is, and which upload."""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from .letters import JOINERS
from .people import letters

# lastnamefirstname[_LATE]_user_upload_file. A name of signs only leaves nothing before the "_".
NUMBERS = re.compile(r"(?=_(?P<id>[0-9]+)_(?P<upload>[0-9]{1,18})_(?P<file>.+))", re.DOTALL)
TYPED = re.compile(r"(?=_(?P<id>[0-9]+)_(?P<file>(?:text|link)\.html)$)")
ANONYMOUS = re.compile(
    r"(?:(?P<late>LATE)_)?anon_(?P<id>[0-9A-Za-z]{5})_"
    r"(?:(?P<upload>[0-9]{1,18})_(?P<file>.+)|(?P<typed>(?:text|link)\.html))",
    re.DOTALL | re.IGNORECASE,
)
LATE = re.compile(r"(?:(?P<name>.*)_)?(?P<late>LATE)", re.DOTALL | re.IGNORECASE)
# What a browser or a desktop adds to the second copy of one download.
COPY = re.compile(r"[ _-]*(?:\(\d+\)|copy(?: \d+)?)(?=\.|$)", re.IGNORECASE)
People: TypeAlias = Mapping[str, str] | None
ANYBODY: People = MappingProxyType({})


@dataclass(frozen=True)
class CanvasName:
    """What one file name of a Canvas download says.

    name: "" for a name of which Canvas kept nothing. upload: 0 for what was typed into Canvas.
    """

    name: str
    number: str
    is_late: bool
    upload: int
    file: str
    is_anonymous: bool = False

    @property
    def is_typed(self) -> bool:
        return not self.upload


def readings_of(file: str) -> list[CanvasName]:
    """Return the ways to read a file name, Canvas's own first: the first two numbers count.

    A name that ends in a number, "doejane_7", allows a second one. No name ends in two of them, for
    Canvas takes the "_" out: what stands further behind is the student's own file name.
    """
    file = unicodedata.normalize("NFC", file)
    hidden = []
    if said := ANONYMOUS.fullmatch(file):
        kept = said["file"] or said["typed"]
        upload = int(said["upload"] or 0)
        hidden = [CanvasName("", said["id"], bool(said["late"]), upload, kept, is_anonymous=True)]
    found = [*itertools.islice(NUMBERS.finditer(file), 2), *TYPED.finditer(file)]
    owned = [one for one in found if all(map(_is_kept, file[: one.start()]))]
    return hidden + [_reading(file[: one.start()], one) for one in owned]


class CanvasNames:
    """The file names of one download, read together: what one leaves open, the others may tell.

    people: the names on the roster by their number in Canvas; None if no file is from Canvas.
    """

    def __init__(
        self, files: Iterable[str] = (), people: Mapping[str, str] | None = ANYBODY
    ) -> None:
        self._people, self._is_canvas = people or {}, people is not None
        self._files_of: defaultdict[tuple[int, int], set[tuple[str, str, str]]] = defaultdict(set)
        for file in files:
            for way, one in enumerate(readings_of(file)):
                self._files_of[way, one.upload].add(_unlike(one))

    def read(self, file: str) -> CanvasName | None:
        """Return what a file name says, None if Canvas cannot have named the file so."""
        readings = readings_of(file) if self._is_canvas else []
        enrolled = [one for one in reversed(readings) if self._is_enrolled(one)]
        possible = [one for way, one in enumerate(readings) if self._is_possible(way, one)]
        of_a_member = [  # behind a team
            one for one in possible if not one.is_anonymous and one.number in self._people
        ]
        return next(iter([*enrolled, *of_a_member, *possible]), None)

    def _is_enrolled(self, one: CanvasName) -> bool:
        return (
            not one.is_anonymous
            and one.number in self._people
            and (letters(one.name) == letters(self._people[one.number]))
        )

    def _is_possible(self, way: int, one: CanvasName) -> bool:
        """Return whether no other file has the number of this upload, which Canvas gives once.

        Only what others say in the same way counts: what somebody writes into the name of a file
        cannot take the number of another's upload.
        """
        return one.is_typed or len(self._files_of[way, one.upload] | {_unlike(one)}) == 1


def _reading(owner: str, said: re.Match[str]) -> CanvasName:
    late = LATE.fullmatch(owner)
    name = owner
    if late and (late["name"] is not None or late["late"].isupper()):
        name = late["name"] or ""  # a student may be called Late, but Canvas writes names small
    else:
        late = None
    upload = int(said.groupdict().get("upload") or 0)
    return CanvasName(name, said["id"], bool(late), upload, said["file"])


def _unlike(one: CanvasName) -> tuple[str, str, str]:
    return one.name.casefold(), one.number, COPY.sub("", one.file)


def _is_kept(character: str) -> bool:
    """Return whether Canvas keeps a character of a name: what Ruby calls [[:word:]], and more."""
    if character.isalnum() or character in JOINERS:
        return True
    category = unicodedata.category(character)
    if category.startswith("M") or "Ⓐ" <= character <= "ⓩ":
        return True
    return category in ("Pc", "Cn")  # Cn: a letter that Canvas may know, and this Python not yet
