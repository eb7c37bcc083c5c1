"""The residents' face: letters on a shared screen (KSK-1 to KSK-6).

Words: a *device* is an enrolled screen (its cookie names a kiosk); a *sitting* is one resident's session at it.
Promises: no content without device and sitting; idle time is counted on the server; nothing is left behind for
the next person, neither in the page, its history, nor its storage; a send that is repeated is one letter.
"""
