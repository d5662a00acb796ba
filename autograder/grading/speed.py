"""What is said of code that is right, and so slow that a training would wait for it."""

from .outcome import Outcome

# Right code gets a remark from so many milliseconds on, if the reference is so many times faster.
SLOW, SLOWER = 25, 10


def on_speed(outcome: Outcome, expected: Outcome) -> str:
    """Return a remark on code that is right and very slow; "" if it is not."""
    if isinstance(expected.value, bool):
        return ""  # what only shows a property, such as bounded memory, is let go half-way
    took = min(outcome.milliseconds, 10**9)  # it comes from where the learner's code runs
    if took < max(SLOW, SLOWER * max(1, expected.milliseconds)):
        return ""
    return (
        f"Right, and slow: it took {took} ms of computing, where work on the whole "
        f"batch at once takes {max(1, expected.milliseconds)} ms. Training would wait for it."
    )
