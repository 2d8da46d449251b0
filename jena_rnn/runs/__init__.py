"""The run directory: its names and files, its snapshots, and where the run came from."""
