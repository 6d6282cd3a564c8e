"""The three of them that are the training package's."""
