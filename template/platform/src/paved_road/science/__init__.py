"""The Science Loop: calls the team's functions, tracks the run, and leaves a candidate."""
