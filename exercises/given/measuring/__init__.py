"""How well a space tells classes apart: one system of measures, and what has to hold before."""
