"""What a learner meets: watch, hints, progress, and how records look in a terminal."""
