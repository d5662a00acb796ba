"""The second exercise of chapters 4 to 6: inputs that tell right from wrong."""
