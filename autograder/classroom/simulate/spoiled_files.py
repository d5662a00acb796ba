"""Files that cannot be graded as they are, and code that means harm: each does little elsewhere.

Whoever runs the hostile ones without the grader loses a process, some memory and some patience.
"""

import codecs
import io
import json
import zipfile
from collections.abc import Callable

LONG_AGO = (2000, 1, 1, 0, 0, 0)  # an archive of the same files has the same bytes

NOT_CLOSED = "\nresult = (\n"

HOSTILE = {
    "never ends": "while True:\n    pass\n",
    "takes 8 GiB": "held = bytearray(2**33)\n",
    "prints a lot": "for _ in range(20_000):\n    print('x' * 1_000)\n",
    "ends its process": "import os\nos._exit(0)\n",
    "looks for files": "import os\nprint(os.listdir('/'))\n",
    "opens a connection": "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)\n",
}


def _unfinished(name: str, text: str) -> tuple[str, bytes]:
    return f"{name}.py", (text + NOT_CLOSED).encode()


def _empty(name: str, text: str) -> tuple[str, bytes]:
    return f"{name}.py", b""


def _in_utf_16(name: str, text: str) -> tuple[str, bytes]:
    return f"{name}.py", codecs.BOM_UTF16_LE + text.encode("utf-16-le")


def _as_notebook(name: str, text: str) -> tuple[str, bytes]:
    cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": []}
    whole = {
        "cells": [{**cell, "execution_count": None}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return f"{name}.ipynb", json.dumps(whole).encode()


def _in_half_an_archive(name: str, text: str) -> tuple[str, bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{name}.py", LONG_AGO), text)
    return f"{name}.zip", file.getvalue()[: len(text) // 2]


# Each makes of a chapter, by its stem and its text, the file that is handed in.
BROKEN: dict[str, Callable[[str, str], tuple[str, bytes]]] = {
    "a bracket is never closed": _unfinished,
    "empty": _empty,
    "in UTF-16": _in_utf_16,
    "half an archive": _in_half_an_archive,
    "a notebook": _as_notebook,
}
STILL_GRADED = {"a notebook", "prints a lot"}  # what stands in it counts as in any other file
