"""What a deployment follows from: how large a replica is, and what a canary must keep."""
