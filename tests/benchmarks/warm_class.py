"""Grade a class in one warm process, where nothing is contained: the floor, as JSON.

python -m tests.benchmarks.warm_class STUDENTS
"""

import json
import sys
import time

from autograder.chapters import EXERCISE_CHAPTERS
from autograder.grading.grade import Known, grade_chapters
from autograder.grading.loading import ChapterSources
from autograder.isolation.in_process import InProcess
from autograder.isolation.one_thread import think_with_one_thread
from tests.classes import honest_files

SEED = 0


def main(students: int) -> None:
    think_with_one_thread()
    known = Known()
    for number in range(10):  # until every reference has run, and every mistake of the class
        grade(number, known)
    began = time.process_time()
    for number in range(students):
        grade(number, known)
    print(json.dumps({"processor": (time.process_time() - began) / students}))


def grade(number: int, known: Known) -> None:
    """Grade one student as `triplet grade` does, without a worker."""
    grade_chapters(
        InProcess(ChapterSources(honest_files(number))), SEED, EXERCISE_CHAPTERS, known=known
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
