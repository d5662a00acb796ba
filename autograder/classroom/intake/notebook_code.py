"""The code cells of a notebook as the text of a Python file."""

import json

from .caps import FILE_BYTES
from .entries import Unreadable

MAGIC = ("%", "!")


def code_of(notebook: bytes) -> bytes:
    """Return the code cells, one after the other. Raises Unreadable for what is no notebook."""
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
    """Return a cell with what only Jupyter understands as comments: line numbers stay."""
    is_magic = cell.lstrip().startswith("%%")
    lines = cell.splitlines()
    return "\n".join(
        f"# {line}" if is_magic or line.lstrip().startswith(MAGIC) else line for line in lines
    )
