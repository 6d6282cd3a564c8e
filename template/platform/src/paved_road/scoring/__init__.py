"""Batch scoring: tables in, predictions out, partition by partition, with a model that was handed over and verified."""
