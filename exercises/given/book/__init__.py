"""What a page of the book needs."""
