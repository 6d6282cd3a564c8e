"""The evidence: what was built, measured and handed over, and whether it still holds."""
