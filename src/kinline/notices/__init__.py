"""What family, residents and staff are told, and whether it left.

Words: a *notice* is shown in the portal or kiosk; an *email* is a row that a job sends. Promises: neither ever holds
the content of a message, a code or a PIN; an email never names the facility (experience.md, rule 9).
"""
