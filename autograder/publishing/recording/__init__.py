"""What the explorables of the book show: recorded from the run that the book is built from."""
