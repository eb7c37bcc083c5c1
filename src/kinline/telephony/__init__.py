"""Calls: what they cost, who may place them, what became of each (TEL-1 to TEL-14).

Words: a *station* is a telephone of a facility; a *plan* is a facility's prices from a moment on; a *stop* closes
lines (lockdown, blackout, suspension); a *call* is one try, from the first question to its end; a *CDR* is its
record, written once.

Pure: `rating` (cents and seconds), `caps` (the law), `dialling` (keys to numbers), `rules` (may this call be placed).
Money is moved by flows only: one hold when a call is authorised, one capture when it ends.
"""
