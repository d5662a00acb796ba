"""Identify whose file it is, from the name that a learning platform or the student gave it."""

import re
from dataclasses import dataclass, field

from .archives import archive_root
from .naming import KINDS, NoChapterError, read_name

# Canvas: lastnamefirstname[_LATE]_user_upload_file: LATE if submitted late, no name if anonymous.
CANVAS_OWNER = r"(?:(?P<name>\w+?)_)?(?P<late>LATE_)?(?P<id>\d+|(?P<anonymous>anon)_[0-9A-Za-z]+)"
CANVAS_FILE = re.compile(CANVAS_OWNER + r"_(?P<upload>\d{1,18})_(?P<file>.+)", re.DOTALL)
CANVAS_TEXT = re.compile(CANVAS_OWNER + r"_(?P<file>(?:text|link)\.html)")
# Moodle: "Jane Doe_12345_assignsubmission_file" is a folder; with "_" and a file name, a file.
MOODLE = re.compile(
    r"(?P<name>.*?)(?:_(?P<id>\d+))?_assignsubmission_(?P<type>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
# What Python and its tools look for by name: among submissions it is nobody's work.
NOBODYS = {"conftest.py", "setup.py", "sitecustomize.py", "usercustomize.py", "__init__.py"}


@dataclass(frozen=True)
class Owner:
    """The owner of a file: a unique identity, a name, and what the platform's file names tell."""

    identity: str
    name: str
    learning_platform: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """What the name of one file or folder among submissions says.

    owner: None for nobody. file: the name that the student gave it. is_text: typed into the
    platform, not uploaded as a file. is_bare: a chapter's file without a name before it.
    """

    owner: Owner | None
    file: str
    upload: int = 0
    is_text: bool = False
    is_bare: bool = False
    is_platform: bool = False


def read_label(name: str, is_folder: bool) -> Label:
    """Return what the name of a file or folder among submissions says."""
    if said := MOODLE.fullmatch(name):
        return _moodle(said, name)
    if is_folder:
        return Label(Owner(name, name), name)
    prefix = _prefix(name)
    if prefix == "":
        return Label(None, name, is_bare=True)
    said = CANVAS_FILE.fullmatch(name) or CANVAS_TEXT.fullmatch(name)
    if said and (said["name"] or said["anonymous"]):
        return _canvas(said)
    if prefix is not None:
        return Label(Owner(prefix, prefix), name)
    root = archive_root(name)
    if root is None and name.endswith(KINDS) and name not in NOBODYS:
        root = name.rpartition(".")[0]
    return Label(Owner(root, root) if root else None, name)


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
    return Label(owner, said["file"] or name, is_text=is_text, is_platform=True)


def _canvas(said: re.Match[str]) -> Label:
    fields = said.groupdict()
    name = fields["name"]
    platform = {} if fields["anonymous"] else {"canvas_id": fields["id"]}
    if fields["late"]:
        platform["late"] = "yes"
    owner = Owner(canvas_identity(name, fields["id"]), name or fields["id"], platform)
    return Label(
        owner,
        fields["file"],
        upload=int(fields.get("upload") or 0),
        is_text="upload" not in fields,
        is_platform=True,
    )


def canvas_identity(name: str | None, number: str) -> str:
    """Return the identity of a Canvas student: the name as in Canvas's file names, and the id."""
    written = re.sub(r"\W", "", name or "").lower()
    return f"{written}_{number}" if written else number
