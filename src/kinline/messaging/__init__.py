"""Letters: the message, its body, each side's copy, drafts, reviews and appeals.

Words: a *message* has one stored *body* and three claims on it (two mailboxes, the facility); a *mailbox row* is one
side's copy; a *review* is a held message's wait for a person; an *appeal* asks another person. Promises: the
recipient has no row before delivery (or, collect, before the facility let it through); the body is read and written
by `bodies` alone, the search index by `search` alone.
"""
