"""Store platforms, one folder each."""
