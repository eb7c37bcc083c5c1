"""The world outside the sample jail: telephones that answer, and one that places calls for the page below /dev/call/.

A process of its own under `up`, which knows no database: what it knows of a call is what its own telephones hear.
"""
