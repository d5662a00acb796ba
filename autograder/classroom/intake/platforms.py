"""Identify whose file it is, from the name that a learning platform or the student gave it."""

import re
import unicodedata
from dataclasses import dataclass, field

from .archives import archive_root
from .canvas_names import CanvasName, CanvasNames
from .letters import is_spelled
from .naming import KINDS, NoChapterError, read_name

# Moodle: "Jane Doe_12345_assignsubmission_file" is a folder; with "_" and a file name, a file.
MOODLE = re.compile(
    r"(?P<name>.*?)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<type>[a-z]+)(?:_(?P<file>.*))?",
    re.DOTALL,
)
BY_MOODLE = "the names that Moodle gives"
BY_CANVAS = "the names that Canvas gives"
BY_FOLDER = "a folder for each"
BY_ARCHIVE = "an archive for each"
BY_PREFIX = "the name in front of each file"
# What Python and its tools look for by name: among submissions it is nobody's work.
ONE_READING = CanvasNames()
NOBODYS = {"conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py", "__init__.py"}


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of a file: a unique identity, a name, and what the platform's file names tell.

    mark: equal for all files of one owner, also where Canvas has changed the name in between.
    """

    identity: str
    name: str
    learning_platform: dict[str, str] = field(default_factory=dict)
    number: str = ""

    @property
    def mark(self) -> str:
        return self.number or self.identity


@dataclass(frozen=True, slots=True)
class Label:
    """What the name of one file or folder among submissions says.

    owner: None for nobody. file: the name that the student gave it. is_text: typed into the
    platform, not uploaded as a file. is_bare: a chapter's file without a name before it. rule:
    what the owner was recognised by, in words.
    """

    owner: Owner | None
    file: str
    upload: int = 0
    is_text: bool = False
    is_bare: bool = False
    is_platform: bool = False
    rule: str = ""


def read_label(name: str, is_folder: bool, canvas: CanvasNames = ONE_READING) -> Label:
    """Return what the name of a file or folder among submissions says.

    canvas: the file names of the whole download; without them each is read alone.
    """
    name = unicodedata.normalize("NFC", name)  # what macOS has unpacked is decomposed
    if said := MOODLE.fullmatch(name):
        return _moodle(said, name)
    if is_folder:
        return Label(Owner(name, name), name, rule=BY_FOLDER)
    prefix = _prefix(name)
    if prefix == "":
        return Label(None, name, is_bare=True)
    if uploaded := canvas.read(name):
        return _canvas(uploaded)
    if prefix is not None:
        return Label(Owner(prefix, prefix), name, rule=BY_PREFIX)
    root = archive_root(name)
    rule = BY_ARCHIVE
    if root is None and name.endswith(KINDS) and name not in NOBODYS:
        root, rule = name.rpartition(".")[0], BY_PREFIX
    return Label(Owner(root, root) if root else None, name, rule=rule)


def _prefix(name: str) -> str | None:
    """Return what precedes the chapter in a file name, None if the name denotes no chapter."""
    try:
        return read_name(name).prefix
    except NoChapterError:
        return None


def _moodle(said: re.Match[str], name: str) -> Label:
    person, number = said["name"].strip() or "Participant", said["id"]
    identity = f"{person}_{number}" if number else person
    is_blind = person == "Participant" and number
    owner = Owner(
        identity,
        f"Participant {number}" if is_blind else person,
        {"moodle_id": number} if number else {},
    )
    is_text = said["type"] != "file"
    file = said["file"] or name
    return Label(owner, file, is_text=is_text, is_platform=True, rule=BY_MOODLE)


def _canvas(said: CanvasName) -> Label:
    platform = {} if said.is_anonymous else {"canvas_id": said.number}
    if said.is_late:
        platform["late"] = "yes"
    owner = Owner(
        canvas_identity(said.name, said.number),
        said.name or said.number,
        platform,
        f"{'anonymous' if said.is_anonymous else 'canvas'} {said.number}",
    )
    return Label(
        owner,
        said.file,
        upload=said.upload,
        is_text=said.is_typed,
        is_platform=True,
        rule=BY_CANVAS,
    )


def canvas_identity(name: str | None, number: str) -> str:
    """Return the identity of a Canvas student: the name as in Canvas's file names, and the id."""
    written = "".join(one for one in name or "" if is_spelled(one) or one == "_").lower()
    return f"{written}_{number}" if written else number
