"""A simulated team that follows every release: `python -m tests.template.updates` lives the whole matrix."""
