"""Ownership: raci.yml, its rules, who asks it, and what is derived from it."""
