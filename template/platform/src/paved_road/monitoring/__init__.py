"""Monitoring: what Prometheus watches a model by, and how it does on labels that arrive later."""
