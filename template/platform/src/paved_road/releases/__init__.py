"""Which version an environment serves: every move is a record in git, and what follows from the records."""
