"""The project's own tests: every solution against a slow oracle, the data, the structure."""
