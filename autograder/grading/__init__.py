"""From a learner's code to records: checks, comparison, diagnosis."""
