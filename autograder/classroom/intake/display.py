"""Names that students chose, made safe to print and to put into a file name."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

SHOWN_CHARACTERS = 200
KEY_BYTES = 120  # beside ".html" and what a temporary name adds, below the 255 of most systems
WINDOWS_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"
}


def shown(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """Return a text without what moves a cursor, hides letters or turns their direction."""
    text = unicodedata.normalize("NFC", text)
    safe = "".join(one if one.isprintable() else _escaped(one) for one in text)
    return safe if len(safe) <= limit else safe[: limit - 3] + "..."


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def safe_key(text: str) -> str:
    """Return a file name for a student, whatever the name: on every system, never empty."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(one if one.isalnum() or one in "_-." else "_" for one in text)
    kept = unicodedata.normalize("NFC", kept.strip("._-"))
    if not kept:
        return f"student-{_mark(text)}"
    if kept.split(".")[0].casefold() in WINDOWS_DEVICES:
        kept = f"student-{kept}"
    if len(kept.encode()) > KEY_BYTES:
        kept = kept.encode()[:KEY_BYTES].decode(errors="ignore") + f"-{_mark(text)}"
    return kept


def unique_keys(texts: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """Return a key for each of several different texts, unlike even where case does not count.

    Where two would be alike, both get a mark made of their own text: a key that meant one
    student never comes to mean another because a third one joined.
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
    """Return the keys with a number where even the marks agree (or somebody chose them so)."""
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
    """Return what two names share that some file system takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", key).casefold())


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
