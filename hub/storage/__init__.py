"""Remembering: tables, and the statements that read and write them. No HTTP, no connectors."""
