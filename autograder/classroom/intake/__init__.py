"""Turn a learning platform's download into one submission per student; nothing is run here."""
