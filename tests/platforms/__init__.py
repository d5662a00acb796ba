"""What learning platforms do with a file: their published rules, as small and slow oracles."""
