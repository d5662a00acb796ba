"""The stubs that a learner fills in, one file per chapter."""
