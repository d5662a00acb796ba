"""Run the learner's code: in isolated worker processes, or in this process for breakpoints."""
