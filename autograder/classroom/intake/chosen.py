"""Choose each chapter's file to grade: no extra words in its name, newest upload, closest name."""

from ..submission import LeftAside
from .caps import FILE_BYTES, LISTED, NOTEBOOK_BYTES
from .entries import Entry, Listing, Unreadable
from .naming import ChapterName, NoChapterError, read_name
from .notebook_code import code_of

NUMBERED_COPY = 3  # its closeness: see ChapterName
Candidate = tuple[ChapterName, Entry]


def chosen(listing: Listing) -> tuple[dict[str, bytes], dict[str, str], tuple[LeftAside, ...]]:
    """Return files by stem, reasons why others cannot be read by stem, and what is left aside."""
    files: dict[str, bytes] = {}
    troubles: dict[str, str] = {}
    left_aside = list(listing.left_aside)
    candidates: dict[str, list[Candidate]] = {}
    for entry in listing.entries:
        try:
            name = read_name(entry.name)
        except NoChapterError as error:
            left_aside.append(LeftAside(entry.path, error.why))
            continue
        candidates.setdefault(name.stem, []).append((name, entry))
    for stem, found in sorted(candidates.items()):
        (name, entry), *others = sorted(found, key=_rank)
        left_aside += [LeftAside(one.path, f"{entry.path} is graded instead") for _, one in others]
        try:
            files[stem] = _source(name, entry)
        except Unreadable as error:
            troubles[stem] = f"{entry.path} {error.why}"
    return files, troubles, _capped(left_aside)


def _rank(candidate: Candidate) -> tuple[bool, int, int, int, int, str]:
    name, entry = candidate
    # A platform numbers repeated uploads, so of several copies the newest upload counts.
    has_other_words = name.closeness > NUMBERED_COPY
    order = (-entry.upload, name.closeness, -name.copy, len(entry.folders), entry.path)
    return (has_other_words, *order)


def _source(name: ChapterName, entry: Entry) -> bytes:
    if entry.hindrance:
        raise Unreadable(entry.hindrance)
    if name.is_notebook:
        return code_of(entry.fetch(NOTEBOOK_BYTES))
    return entry.fetch(FILE_BYTES)


def _capped(left_aside: list[LeftAside]) -> tuple[LeftAside, ...]:
    if len(left_aside) <= LISTED:
        return tuple(left_aside)
    more = LeftAside("...", f"and {len(left_aside) - LISTED:,} more")
    return (*left_aside[:LISTED], more)
