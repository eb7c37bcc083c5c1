"""People in custody: who they are, where they are and since when, their PIN, their kiosk session.

Words: a *resident* has at most one open *custody*; a *PIN* is the secret they type; a *resident session* is one
sitting at a kiosk. Promises: a number is unique in its agency; a PIN is never stored, logged or shown again.
"""
