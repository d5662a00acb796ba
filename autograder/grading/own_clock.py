"""The clock of code that times itself: processor time, to which other programs add nothing."""

import sys
import time

# On Windows processor time counts in steps of 16 milliseconds.
own_clock = time.perf_counter if sys.platform == "win32" else time.thread_time
