"""Grade anew what no longer fits: assemblies whose slots, or whose grader, have changed."""

from collections.abc import Iterable

from exercises.given.errors import CourseError
from exercises.given.progress import say

from ...grading.misconceptions import exercises_of
from ...isolation.launchers import best_launcher
from .assembly import Assembly, all_assemblies
from .graded import every_combination
from .grader_key import key_for
from .kept_words import RENEW, KeptWords, read_words, write_words


def renew(names: Iterable[str] = (), *, all_anew: bool = False) -> None:
    """Grade the assemblies of these names, of all without names, and keep the words.

    all_anew: also those whose key fits. Raises CourseError for a name without an assembly, and for
    an option that is not what its source says.
    """
    known = {one.name: one for one in all_assemblies()}
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            raise CourseError(f"There is no assembly of {name}. There are {', '.join(known)}.")
        if is_current(known[name]) and not all_anew:
            say(f"{name}: nothing has changed.")
            continue
        with best_launcher() as launcher:
            said = every_combination(known[name], launcher)
        kept = KeptWords(key_for(known[name]), said, words_of_mistakes(known[name]))
        say(f"wrote {write_words(known[name], kept)}")


def is_current(assembly: Assembly) -> bool:
    """Return whether what is kept of an assembly is what the grader would say now."""
    try:
        return read_words(assembly).key == key_for(assembly)
    except CourseError:
        return False


def require_current() -> None:
    """Raise CourseError, which says how to renew them, if words are older than their grader."""
    stale = [one.name for one in all_assemblies() if not is_current(one)]
    if stale:
        raise CourseError(
            f"The words to put together in the pages are not those of this grader: "
            f"{', '.join(stale)}. Renew them: {RENEW}."
        )


def words_of_mistakes(assembly: Assembly) -> dict[str, tuple[str, ...]]:
    """Return the sentence and the three hints of each mistake that is an option."""
    options = {option.mistake for slot in assembly.slots for option in slot.options}
    mistakes = exercises_of(assembly.chapter)[assembly.name].mistakes
    return {one.id: (one.says, *one.hints) for one in mistakes if one.id in options}
