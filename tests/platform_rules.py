"""How learning platforms name what they give out: their published rules, as small as they go.

Canvas: lib/content_zipper.rb of instructure/canvas-lms at 05e9653 (get_filename, sanitize_user_name,
sanitize_file_name, sanitize_attachment_filename); an older version of that file makes all letters
small in sanitize_file_name, not only the name's. lib/anonymity.rb at 3a612b1: a hidden name is five
characters. `[[:word:]]` is Ruby's: letters, marks, decimal digits and connectors (bug 19417 on
bugs.ruby-lang.org says why no other digits). Onigmo counts the two joiners as well in places; which
was not found out for brackets, so both are tried.

Moodle: mod/assign/classes/downloader.php at 2a6fd31 (get_student_prefix,
load_submissionplugin_filelist; that copy can put the username in front, which is left out here), and
PARAM_FILE of clean_param in lib/moodlelib.php, which clean_filename is taken to apply. Older
downloads, as repositories of their users show, have one more "_" behind the folder's name.
"""

import re
import unicodedata
from dataclasses import dataclass

JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class CanvasFile:
    """One uploaded file of a Canvas submission."""

    sortable_name: str
    user: int
    attachment: int
    display_name: str
    is_late: bool = False
    anonymous_id: str = ""

    def name(self, keeps_joiners: bool = False, is_old: bool = False) -> str:
        """Return the name of the file in the download."""
        name = re.sub(r"_([0-9]+)_", r"\1", self.sortable_name).lower()
        owner = f"anon_{self.anonymous_id}" if self.anonymous_id else str(self.user)
        parts = [None if self.anonymous_id else name, "LATE" if self.is_late else None, owner]
        joined = "_".join(one for one in parts if one is not None)
        kept = "".join(one for one in joined if _is_word(one, keeps_joiners))
        file = re.sub(r'[\x00/\\:*?"<>|]+', "_", self.display_name)
        return f"{kept.lower() if is_old else kept}_{self.attachment}_{file}"


def moodle_folder(name: str, number: int | None, is_old: bool = False) -> str:
    """Return the folder of a participant, of a team, or of those without a team (no number)."""
    prefix = name.replace("_", " ")
    folder = moodle_clean(prefix if number is None else f"{prefix}_{number}")
    return moodle_clean(f"{folder}_assignsubmission_file{'_' if is_old else ''}")


def moodle_clean(text: str) -> str:
    """Return a file name without what Moodle removes."""
    return re.sub(r"[\x00-\x1f\x7f]|[&<>\"`|':\\/]", "", text)


def _is_word(character: str, keeps_joiners: bool) -> bool:
    category = unicodedata.category(character)
    return (
        category[0] in "LM"
        or category in ("Nd", "Nl", "Pc")
        or (keeps_joiners and character in JOINERS)
    )
