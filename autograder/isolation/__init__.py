"""How learner code is run: in a process of its own, or in this one for breakpoints."""
