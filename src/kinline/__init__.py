"""Kinline: letters and calls between people in custody and their families."""
