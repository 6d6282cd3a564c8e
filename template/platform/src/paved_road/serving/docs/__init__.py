"""``GET /docs``: the API as one page to read, which asks nothing of the network and runs no script."""
