"""Stories: each file tells one, across domains, in exactly one database transaction.

Check, then do: who acts, what is allowed, then every row of it. Steps that several stories share are undecorated
functions in the file that owns them. The world (pages, workers, mail) hears after the commit.
"""
