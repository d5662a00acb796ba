"""Build the book: record what the pages show, run their code, write the site."""
