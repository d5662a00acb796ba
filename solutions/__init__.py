"""The reference solutions: the only hand-written source, from which the stubs are generated."""
