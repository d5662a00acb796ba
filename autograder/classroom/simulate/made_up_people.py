"""People who do not exist, with names as people in many places have them."""
# ruff: noqa: RUF001 - people are written as they write themselves

import random
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

ODD = 0.06  # so many have a name that is no given and no family name
DECOMPOSED = 0.2  # so many type their accents as marks of their own, as macOS does

# Given names and family names of one language, and what stands between the two.
NAMES: tuple[tuple[str, str, str], ...] = (
    ("Amelia Oliver Grace Noah Ruby", "Smith O’Brien O'Connor Taylor-Reed McKay", " "),
    ("Sanne Daan Lotte Bram Fleur", "de~Vries van~der~Berg Jansen van~'t~Hoff Bakker", " "),
    ("Zoë Jürgen Søren Åsa Éloïse", "Müller Ångström Lefèvre Weiß Kjær", " "),
    ("José~María Inês João Núria Begoña", "García~Márquez Muñoz dos~Santos Conceição", " "),
    ("Łukasz Žofie Ștefan Dávid Šárka", "Wałęsa Dvořák Țepeș Szőke Čapek", " "),
    ("İpek Işıl İbrahim Çağla Ömer", "Yıldız Işık İnönü Şahin Güneş", " "),
    ("Ольга Дмитрий Алёна Сергій Їрина", "Иванова Соловьёв Шевченко Йовкова", " "),
    ("Ελένη Γιώργος Σοφία Ανδρέας", "Παπαδοπούλου Οικονόμου Ζαΐμης Βασιλείου", " "),
    ("אורי שָׁלוֹם נועה יעל", "כֹּהֵן לוי מזרחי פרץ", " "),
    ("مُحَمَّد ليلى فاطمة علي", "الحسيني حدّاد منصور القاضي", " "),
    ("محمد\u200cرضا شیرین کاوه پروین", "کریمی احمدی فرهادی نجفی", " "),
    ("अनिल सीता हिमांशु प्रिया", "कुमार शर्मा त्रिवेदी सिंह", " "),
    ("অমর্ত্য রবীন্দ্রনাথ মৌসুমী সুকুমার", "সেন ঠাকুর চট্টোপাধ্যায় রায়", " "),
    ("பாரதி தமிழ்செல்வி முருகன் கண்ணன்", "சுப்பிரமணியம் ராமசாமி செல்வன்", " "),
    ("สมชาย กมล กัญญา ธนวัฒน์", "ใจดี ศรีสุข วงศ์สวัสดิ์ บุญมี", " "),
    ("Văn~Ánh Thị~Hằng Đức Minh~Thư", "Nguyễn Trần Phạm Đặng", "family first"),
    ("小龍 秀英 偉 思敏", "李 王 歐陽 陳", "one word"),
    ("太郎 さくら 蓮 ひかり", "佐藤 渡辺 髙橋 齋藤", "family first"),
    ("철수 영희 지훈 서연", "김 이 박 남궁", "one word"),
)
ODD_NAMES = (
    *("Plato", "Ann", "O", "Agent_7", "Jan Modaal_7", "X Æ A-12", "Null None", "🦉🎓"),
    *("सीता", "Late", "Björk", "Nguyễn", 'Robert "Bob" Roe', "Mary-Jane  Watson", "李"),
)


@dataclass(frozen=True)
class MadeUpPerson:
    """Somebody of a made-up class: the place in it, from 0, the name, and a login of their own."""

    place: int
    name: str
    login: str

    @property
    def sortable(self) -> str:
        """Return the name with its last word first: "Berg, Sanne van der"."""
        *rest, last = self.name.split() or [self.name]
        return f"{last}, {' '.join(rest)}" if rest else last


def made_up_person(place: int, draws: random.Random) -> MadeUpPerson:
    """Return the person at a place of the class; the login is unique, the name need not be."""
    name = draws.choice(ODD_NAMES) if draws.random() < ODD else _name(draws)
    form: Literal["NFD", "NFC"] = "NFD" if draws.random() < DECOMPOSED else "NFC"
    return MadeUpPerson(place, unicodedata.normalize(form, name), f"{_letters(name)}{place + 1}")


def _name(draws: random.Random) -> str:
    all_given, all_family, order = draws.choice(NAMES)
    given, family = (draws.choice(one.split(" ")) for one in (all_given, all_family))
    if order == "family first":
        given, family = family, given
    name = f"{family}{given}" if order == "one word" else f"{given} {family}"
    return name.replace("~", " ")


def _letters(name: str) -> str:
    """Return what of a name a login may have, "s" where that is nothing."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^a-z]", "", plain)[:12] or "s"
