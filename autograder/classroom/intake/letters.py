"""Which characters belong to a name, in any script: letters with their marks, and digits."""

import unicodedata

JOINERS = "\u200c\u200d"  # invisible, and part of the spelling in Persian, Sinhala and others
# A mark that only chooses a form, such as the one behind a heart that is to be coloured.
FORM = {chr(code) for code in (0x034F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}


def is_mark(character: str) -> bool:
    """Return whether a character changes the letter before it: a vowel sign, a tone, an accent."""
    return unicodedata.category(character) in ("Mn", "Mc") and character not in FORM


def is_spelled(character: str) -> bool:
    """Return whether a character tells names apart: a letter, a mark or a digit."""
    return character.isalnum() or is_mark(character)


def is_accent(mark: str) -> bool:
    """Return whether people leave a mark out when they spell a name in a plainer way.

    Those above and below a letter, as in é, and the vowel points of Hebrew and Arabic; not the
    vowels and tones of Devanagari, Bengali, Tamil or Thai, nor the voicing of Japanese.
    """
    order = unicodedata.combining(mark)
    return 10 <= order <= 35 or order >= 200
