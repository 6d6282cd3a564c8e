"""The command `road`: one file a group of verbs; a verb imports what it needs when it runs."""
