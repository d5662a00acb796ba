"""Teams: every member gets the row, and nobody else gets points or a 0 for it."""

from pathlib import Path

import pytest

from autograder.classroom.intake.enrolment import names_by_number, with_roster
from autograder.classroom.intake.roster import Enrolled
from autograder.classroom.intake.students import Source, find_students
from autograder.classroom.intake.teams import Member, read_teams, teams_of, with_teams
from exercises.given.errors import CourseError
from tests.platform_rules import CanvasFile, moodle_folder
from tests.test_whose import (
    FILE,
    NUMBERED,
    canvas_export,
    laid_out,
    moodle_export,
    roster,
    whose,
    work,
)

# Moodle's word for the one team of all that are in none; its folder has no number.
WITHOUT_TEAM = "Default group"
TEAMS = {
    "Gruppe_7": NUMBERED[0:3],
    "हिन्दी टीम": NUMBERED[3:7],
    "R&D: 'A/B'": NUMBERED[7:9],
    "🔥 Team": NUMBERED[9:12],
    WITHOUT_TEAM: NUMBERED[12:15],
}
IN_TEAMS = [one for people in TEAMS.values() for one in people]
ABSENT = NUMBERED[15:20]


def moodle_download(folder: Path) -> list[Source]:
    """Return the sources of a download in which the number of a team is that of a participant."""
    files = {}
    for team, number in zip(TEAMS, (ABSENT[0][0], ABSENT[1][0], 1, 2, None), strict=True):
        files[f"{moodle_folder(team, number)}/{FILE}"] = team.encode()
    return find_students(laid_out(files, "zip", folder))


def canvas_download(folder: Path, people: list[Enrolled]) -> list[Source]:
    files = {
        CanvasFile(team, people[0][0], 10 * place, FILE).name(): team.encode()
        for place, (team, people) in enumerate(TEAMS.items(), start=1)
    }
    return find_students(laid_out(files, "zip", folder), names_by_number(people))


def expected() -> dict[str, bytes | None]:
    of_team = {str(one[0]): team.encode() for team, people in TEAMS.items() for one in people}
    return {**of_team, **{str(one[0]): None for one in ABSENT}}


def of_people(sources: list[Source], platform: str) -> dict[str, bytes | None]:
    """Return the work of each person by number; each is there once, and enrolled."""
    people = [one for one in sources if platform in one.learning_platform]
    assert len(people) == len({one.learning_platform[platform] for one in people})
    assert all(one.is_enrolled for one in people)
    return {one.learning_platform[platform]: work(one) for one in people}


def test_the_group_column_of_moodles_worksheet_says_who_is_in_a_team(tmp_path: Path) -> None:
    team_of = {one[0]: team for team, people in TEAMS.items() for one in people}
    lines = moodle_export(IN_TEAMS + ABSENT, "Group").splitlines()
    rows = [
        f"{line},{_cell(team_of.get(number, ''))}"
        for line, (number, _, _) in zip(lines[1:], IN_TEAMS + ABSENT, strict=True)
    ]
    people = roster(tmp_path, "\n".join([lines[0], *rows]) + "\n")
    found = with_teams(moodle_download(tmp_path), people, teams_of(people))
    assert of_people(found, "moodle_id") == expected()
    assert {one.learning_platform.get("team") for one in found} >= {"Gruppe 7", WITHOUT_TEAM}


def _cell(text: str) -> str:
    return f'"{text}"'


def test_without_its_members_a_team_is_a_row_and_no_persons(tmp_path: Path) -> None:
    people = roster(tmp_path, canvas_export(IN_TEAMS + ABSENT))
    found = with_roster(canvas_download(tmp_path, people), people)
    teams = [one for one in found if one.handed_in]
    assert {one.name.endswith(" (team)") for one in teams} == {True}
    assert {work(one) for one in teams} == {team.encode() for team in TEAMS}
    assert not any("canvas_id" in one.learning_platform for one in teams)
    others = [one for one in found if not one.handed_in]
    assert len(others) == len(IN_TEAMS + ABSENT)
    assert all("may be in a team" in one.learning_platform["unclear"] for one in others)


@pytest.mark.parametrize("column", ["member", "canvas_user_id", "email"])
def test_a_file_says_who_is_in_a_team(tmp_path: Path, column: str) -> None:
    people = roster(tmp_path, canvas_export(IN_TEAMS + ABSENT))
    (tmp_path / "teams.csv").write_text(
        f"group_name,canvas_group_id,{column}\n"
        + "".join(
            f'"{team}",101,"{number if column != "member" else f"{first} {last}"}"\n'
            for team, of_team in TEAMS.items()
            for number, last, first in of_team
            if number != 110  # a name of which no letter is left fits by number only
        )
        + ('"🔥 Team",101,110\n'),
        encoding="utf-8",
    )
    found = with_teams(
        canvas_download(tmp_path, people), people, read_teams(tmp_path / "teams.csv")
    )
    assert of_people(found, "canvas_id") == expected()


def test_teams_need_no_roster(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text("team;login\nGruppe 7;ann\nGruppe 7;bob\n", "utf-8")
    found = with_teams(moodle_download(tmp_path), None, read_teams(tmp_path / "teams.csv"))
    rows = {one.name: work(one) for one in found if one.learning_platform.get("team")}
    assert rows == {"ann": b"Gruppe_7", "bob": b"Gruppe_7"}
    assert len(found) == len(TEAMS) + 1


def test_a_team_may_be_named_without_members(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text("team,member\nGruppe 7,\n", "utf-8")
    found = with_teams(moodle_download(tmp_path), None, read_teams(tmp_path / "teams.csv"))
    assert "Gruppe 7 (team)" in {one.name for one in found}


def test_who_handed_in_alone_as_well_keeps_that(tmp_path: Path) -> None:
    files = {f"{moodle_folder('Team', 1)}/{FILE}": b"team"}
    files[f"{moodle_folder('सीता राम', 101)}/{FILE}"] = b"alone"
    people = roster(tmp_path, moodle_export(NUMBERED[:2]))
    members = [Member("Team", one) for one in people]
    found = with_teams(find_students(laid_out(files, "zip", tmp_path)), people, members)
    assert whose([one for one in found if one.lines == (2,)], "moodle_id") == {"101": b"alone"}
    assert of_people(found, "moodle_id") == {"101": b"alone", "102": b"team"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "line 1: no column is called team"),
        ("name,login\nx,y\n", "line 1: no column is called team"),
        ("team,member\n,ann\n", "line 2: says no team"),
        ("team,member\nA,nobody\n", "line 2: nobody on the roster"),
        ("team,member\nA,jane doe\n", "line 2: several people on the roster"),
        ("team,member\nA,ann\nB,ann\n", "Ann is in A and in B"),
    ],
)
def test_a_file_of_teams_that_cannot_be_right_is_refused(
    tmp_path: Path, text: str, error: str
) -> None:
    people = roster(tmp_path, "name,login\nAnn,ann\nJane Doe,j1\nJane Doe,j2\n")
    (tmp_path / "teams.csv").write_text(text, "utf-8")
    with pytest.raises(CourseError, match=error):
        with_teams([], people, read_teams(tmp_path / "teams.csv"))


def test_a_renamed_person_of_canvas_is_no_team(tmp_path: Path) -> None:
    files = {}
    for number, last, first in NUMBERED[:12]:
        name = "Smith, सीता" if number == 101 else f"{last}, {first}"
        files[CanvasFile(name, number, 10 * number, FILE).name()] = str(number).encode()
    found = with_roster(
        find_students(laid_out(files, "zip", tmp_path)),
        roster(tmp_path, canvas_export(NUMBERED[:12])),
    )
    assert whose(found, "canvas_id") == {str(one): str(one).encode() for one, _, _ in NUMBERED[:12]}
