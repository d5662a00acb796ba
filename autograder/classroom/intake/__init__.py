"""From what a learning platform gave out to the chapters of each student; nothing is run here."""
