"""`python -m autograder` is `triplet`, for where the command is not on the path."""

from .command_line.cli import main

if __name__ == "__main__":
    main()
