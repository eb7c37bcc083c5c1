"""Comes with its own issue; the contract that keeps it pure stands already."""
