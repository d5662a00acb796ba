"""Files and folders that tools leave behind: reported once, never read."""

FOLDERS = {
    "__macosx": "is what macOS adds to an archive",
    "__pycache__": "is what Python keeps for itself",
    "node_modules": "is a library, not work of the course",
    "site-packages": "is a library, not work of the course",
    "venv": "is a Python environment, not work of the course",
    "env": "is a Python environment, not work of the course",
}
FILES = {"thumbs.db", "desktop.ini"}


def why_passed_over(name: str, is_folder: bool) -> str:
    """Return why a file or folder of that name is passed over, "" if it is not."""
    if name.startswith("."):
        return "is hidden (its name begins with a dot)"
    if is_folder:
        return FOLDERS.get(name.lower(), "")
    return "is what Windows keeps for itself" if name.lower() in FILES else ""
