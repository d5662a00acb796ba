"""The health of a training: sicknesses with their signs, and the verdict on a run."""
