"""The staff's face. The portal is an issue of its own; until then staff work by command line, through the same flows.

Promises of the portal to come: a queue of held letters, decisions that can be withdrawn for ten seconds, every look at
content written down.
"""
