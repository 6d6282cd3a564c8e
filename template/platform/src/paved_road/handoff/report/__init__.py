"""The evidence for people: one page to read before a model is accepted, and a model card. Nothing here decides."""
