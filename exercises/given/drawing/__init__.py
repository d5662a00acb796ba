"""Figures and maps, for light pages and for dark ones."""
