"""`triplet watch`: check again on every save, only what changed and what builds on it."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from watchfiles import watch

from ..chapters import EXERCISE_CHAPTERS, Chapter, find_chapter
from ..grading.checks import chapters_by_name
from ..grading.grade import Grader
from ..grading.record import Record
from ..grading.survey import Survey
from ..isolation.workers import Workers
from .book_links import built_pages
from .hints import RUNGS, next_hint
from .journal import Journal
from .keys import single_keys
from .terminal import known_aloud, show_chapter, show_progress, show_success, total

STEMS = {chapter.stem for chapter in EXERCISE_CHAPTERS}
SETTLED_AFTER_MS = 20
LOOK_FOR_KEYS_EVERY_MS = 50
FOOTER = "n next   h hint   l list   a check all   q quit"


class Watch:
    """The state of a watch: the chapter in front of the learner, and what is known of the rest."""

    def __init__(
        self, console: Console, folder: Path, workers: Workers, journal: Journal, seed: int
    ) -> None:
        self.console = console
        self.folder = folder
        self.workers = workers
        self.journal = journal
        self.grader = Grader(workers, seed, known_aloud())
        self.pages = built_pages()
        self.texts: dict[str, bytes | None] = dict.fromkeys(STEMS)
        for stem in STEMS:
            self.take(stem, self._text_of(stem))
        self.emptied: set[str] = set()
        self.records: dict[str, list[Record]] = {}
        self.current = EXERCISE_CHAPTERS[0]

    def run(self, current: Chapter) -> None:
        """Check the current chapter, then everything that is saved, until a key ends it."""
        changes = watch(
            self.folder,
            recursive=False,
            step=SETTLED_AFTER_MS,
            rust_timeout=LOOK_FOR_KEYS_EVERY_MS,
            yield_on_timeout=True,
            raise_interrupt=True,
        )
        # Keys count from before the footer names them: turning to single keys drops earlier ones.
        with single_keys() as pressed:
            self.show(current)
            next(changes)
            self.saved(STEMS)  # what was saved before the watching had begun
            for changed in changes:
                self.saved(Path(path).stem for _, path in changed)
                if not self.obey(pressed()):
                    return

    def saved(self, stems: Iterable[str]) -> None:
        """Check again the chapters whose text is another now, and those that build on them."""
        emptied, self.emptied = self.emptied, set()
        for stem in sorted({*stems, *emptied} & STEMS):
            text = self._text_of(stem)
            if text == b"" and stem not in emptied:
                # An editor empties a file before it writes: what comes is worth a short wait.
                self.emptied.add(stem)
                continue
            if text == self.texts[stem]:
                continue
            self.take(stem, text)
            dependents = self.dependents_of(stem)
            for one in [stem, *(chapter.stem for chapter in dependents)]:
                self.workers.forget(one)
                self.grader.forget(find_chapter(one))
            self.show(find_chapter(stem), dependents)

    def take(self, stem: str, text: bytes | None) -> None:
        """Take in what was read of a chapter: that very text is checked, not what is there then."""
        self.texts[stem] = text
        self.workers.sources.pop(stem, None)
        if text is not None:
            self.workers.sources[stem] = text

    def dependents_of(self, stem: str) -> list[Chapter]:
        """Return the chapters that have been checked here and build on one of this chapter."""
        return [
            chapter
            for chapter in EXERCISE_CHAPTERS
            if chapter.stem in self.records and stem in self._needs_of(chapter)
        ]

    def show(self, chapter: Chapter, dependents: Iterable[Chapter] = ()) -> None:
        """Grade a chapter, print its records, and one line for each chapter that builds on it."""
        self.current = chapter
        records = self.grade(chapter)
        fallen = self.journal.note(records)
        if self.console.is_terminal:
            self.console.clear()
        show_chapter(self.console, chapter, records, self.pages)
        earned, points = total(records)
        if earned == points:
            show_success(self.console, chapter)
        for other in dependents:
            own = self.grade(other)
            fallen += self.journal.note(own)
            earned, points = total(own)
            line = f"Chapter {other.number} builds on it: {earned} of {points} points"
            self.console.print(line, highlight=False)
        show_progress(self.console, self.journal, fallen, self.pages)
        self.footer()
        self.journal.write()
        self.workers.launcher.prepare()

    def grade(self, chapter: Chapter) -> list[Record]:
        self.records[chapter.stem] = self.grader.grade(chapter)
        return self.records[chapter.stem]

    def obey(self, key: str) -> bool:
        """Do what a key asks for; return whether to go on."""
        match key:
            case "q":
                return False
            case "n":
                self.show(find_chapter(self.journal.next_chapter() or self.current.stem))
            case "h":
                self.hint()
            case "l":
                self.list()
            case "a":
                for chapter in EXERCISE_CHAPTERS:
                    self.journal.note(self.grade(chapter))
                self.list()
        return True

    def hint(self) -> None:
        """Print the next rung for the current chapter."""
        hint = next_hint(self.current, self.records[self.current.stem], self.journal)
        if hint is None:
            self.console.print("Nothing here needs a hint.")
        else:
            rung = f"Hint {hint.number} of {len(RUNGS)} for {hint.name}: {hint.text}"
            self.console.print(rung, highlight=False, markup=False, soft_wrap=True)
        self.journal.write()
        self.footer()

    def list(self) -> None:
        """Print one line for each chapter, as it was checked last."""
        for chapter in EXERCISE_CHAPTERS:
            points = self.journal.points_of(chapter.stem)
            line = f"{chapter.number}  {chapter.title:<40} {points}  {chapter.stub}"
            self.console.print(line, highlight=False, soft_wrap=True)
        show_progress(self.console, self.journal, pages=self.pages)
        self.journal.write()
        self.footer()

    def footer(self) -> None:
        if self.console.is_terminal:
            self.console.print(f"[dim]{FOOTER}[/]", highlight=False)
        else:
            self.console.print("Waiting for the next save; Ctrl-C ends it.", highlight=False)

    def _needs_of(self, chapter: Chapter) -> set[str]:
        """Return the stems that a chapter builds on, directly or through another."""
        needs: set[str] = set()
        waiting = [chapter.stem]
        while waiting:
            survey = self.workers.survey(waiting.pop())
            if not isinstance(survey, Survey):
                continue
            chapters = chapters_by_name()
            used = {chapters[name].stem for names in survey.uses.values() for name in names}
            waiting += used - needs - {chapter.stem}
            needs |= used
        return needs - {chapter.stem}

    def _text_of(self, stem: str) -> bytes | None:
        try:
            return (self.folder / f"{stem}.py").read_bytes()
        except OSError:
            return None  # an editor may be between removing the old file and naming the new one
