"""Files that a learning platform exports and imports again: given back with a few cells filled."""
