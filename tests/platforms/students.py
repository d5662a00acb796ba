"""Thirty students whose names are awkward, for whichever platform."""

from unicodedata import normalize

NAMES = [
    "Jane Doe",
    "Jane Doe",  # two of one name
    "Ali Öz",
    normalize("NFD", "Zoë Ångström"),
    "Seán O'Connor-Smith",
    "de la Cruz, María José",  # a comma in a name
    'Robert "Bob" Roe',
    "अनिल कुमार",
    "สมชาย ใจดี",
    "রবীন্দ্রনাথ ঠাকুর",
    "தமிழ் செல்வன்",
    "مُحَمَّد عَلِيّ",
    "שָׁלוֹם כֹּהֵן",
    "李小龍",
    "김철수",
    "Nguyễn Văn Ánh",
    "Ольга Иванова",
    "😀🎉",
    "X Æ A-12",
    "Agent_7",
    "Ann",
    "=cmd|' /C calc'!A0",
    "+49 Weber",
    "<b>Bold</b> Tag",
    "Back\\slash \\",
    "Semi; Colon",
    "Tab\tbed Name",
    "Very " + "long " * 30 + "name",
    "O",
    "Null None",
]
assert len(NAMES) == 30
