"""A question with a few choices, of which exactly one is right."""

from dataclasses import dataclass, field

from ...grading.check import Inputs

KEYS = "abcd"


@dataclass(frozen=True)
class Choice:
    """One answer to choose: its text, and why it is right or not.

    mistake: the id of the mistake that it stands for; source: the whole file after the edit that it
    stands for. Each is "" where it stands for none.
    """

    text: str
    why: str
    is_right: bool = False
    mistake: str = ""
    source: str = ""


@dataclass(frozen=True)
class Question:
    """One question about one exercise in a learner's file.

    asks: its lines; section: what to read again; source: the file after the edit that is asked
    about; title and inputs: the check that was called, and with what. The last three are there for
    whoever wants to find the answer a second time.
    """

    kind: str
    exercise: str
    asks: tuple[str, ...]
    choices: tuple[Choice, ...]
    section: str
    source: str = ""
    title: str = ""
    inputs: Inputs = field(default_factory=dict)

    @property
    def right(self) -> Choice:
        return next(one for one in self.choices if one.is_right)

    def key_of(self, choice: Choice) -> str:
        """Return the key that stands for a choice."""
        return KEYS[self.choices.index(choice)]

    def chosen(self, key: str) -> Choice | None:
        """Return the choice that a key stands for, None if it stands for none."""
        place = KEYS.find(key) if key else -1
        return self.choices[place] if 0 <= place < len(self.choices) else None

    def as_dict(self) -> dict[str, object]:
        """Return it as plain values for JSON, without the answer that was given."""
        return {
            "kind": self.kind,
            "exercise": self.exercise,
            "asks": list(self.asks),
            "choices": {self.key_of(one): one.text for one in self.choices},
            "why": {self.key_of(one): one.why for one in self.choices},
            "right": self.key_of(self.right),
            "section": self.section,
        }
