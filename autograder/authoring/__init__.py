"""For authors of exercises: is each misconception caught, and named as itself."""
