"""Translations between a platform's documents and the canonical model: pure functions and tables, no I/O."""
