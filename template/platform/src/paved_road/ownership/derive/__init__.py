"""What is derived from ``raci.yml``: one file a derived thing, with its Jinja template beside it; ``files`` has all."""
