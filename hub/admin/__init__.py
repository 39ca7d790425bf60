"""Pages for people. For now one: how the hub is."""
