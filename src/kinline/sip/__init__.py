"""Comes with its own issue; the layer contracts name it already."""
