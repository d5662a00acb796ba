"""Run a study with the reference or with a learner's own chapters, and print what was found."""
