"""Make names that students chose safe to print and to use in file names."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

from .letters import JOINERS, is_spelled

SHOWN_CHARACTERS = 200
KEY_BYTES = 120  # with ".html" and a temporary suffix, below the 255 of most file systems
WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"
}


def shown(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """Return a text in NFC, cut, with control, invisible and bidirectional characters escaped."""
    text = unicodedata.normalize("NFC", text)
    safe = "".join(one if one.isprintable() or one in JOINERS else _escaped(one) for one in text)
    return safe if len(safe) <= limit else safe[: limit - 3] + "..."


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def safe_key(text: str) -> str:
    """Return a file name for a student: valid on every system, never empty, whatever the name."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(one if is_spelled(one) or one in "_-." else "_" for one in text)
    kept = unicodedata.normalize("NFC", kept.strip("._-"))
    if not kept:
        return f"student-{_mark(text)}"
    if kept.split(".")[0].casefold() in WINDOWS_DEVICES:
        kept = f"student-{kept}"
    if len(kept.encode()) > KEY_BYTES:
        kept = kept.encode()[:KEY_BYTES].decode(errors="ignore") + f"-{_mark(text)}"
    return kept


def unique_keys(texts: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return a key for each of several distinct texts, unique even on case-insensitive systems.

    Keys that would collide with each other or with `taken` all get a hash of their own text: so
    the key of one student never becomes that of another because a third one joined.
    """
    keys = [safe_key(text) for text in texts]
    used = Counter(_folded(key) for key in keys)
    used.update(_folded(key) for key in taken)
    marked = [
        key if used[_folded(key)] == 1 else f"{key}-{_mark(text)}"
        for key, text in zip(keys, texts, strict=True)
    ]
    return _numbered(marked, taken)


def _numbered(keys: Sequence[str], taken: Collection[str]) -> list[str]:
    """Return the keys, with a number where even the hashes collide (or somebody chose them to)."""
    seen = {_folded(key) for key in taken}
    result = []
    for key in keys:
        candidate, number = key, 2
        while _folded(candidate) in seen:
            candidate, number = f"{key}-{number}", number + 1
        seen.add(_folded(candidate))
        result.append(candidate)
    return result


def _folded(key: str) -> str:
    """Return a key in NFKC, case-folded: equal for names that some file system takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
