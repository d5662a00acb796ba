"""What an instructor meets: intake, gradebook, reports, and grading beyond one machine."""
