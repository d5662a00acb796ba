"""Turn the code cells of a notebook into the source of a Python file."""

import json

from .caps import FILE_BYTES
from .entries import Unreadable

MAGIC = ("%", "!")


def code_of(notebook: bytes) -> bytes:
    """Return the code cells, joined. Raises Unreadable for no notebook, or for too much code."""
    try:
        cells = json.loads(notebook)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        texts = ["".join(source) for source in sources]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable("is damaged, or no notebook") from error
    code = "\n\n".join(_without_magic(text) for text in texts).encode(errors="surrogatepass")
    if len(code) > FILE_BYTES:
        raise Unreadable("holds more code than a chapter has")
    return code


def _without_magic(cell: str) -> str:
    """Return a cell with its magics and shell commands as comments, to keep the line numbers."""
    is_magic = cell.lstrip().startswith("%%")
    lines = cell.splitlines()
    return "\n".join(
        f"# {line}" if is_magic or line.lstrip().startswith(MAGIC) else line for line in lines
    )
