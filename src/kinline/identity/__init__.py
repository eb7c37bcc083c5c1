"""Who signs in: family members and staff, their sessions, codes, attempts and roles.

Words: a *user* is a person who signs in (residents do not: they have a PIN); *activation* proves the email;
a *one-time code* is a link and a typed code that travel in one email; a *staff role* is dated and per facility.
Promises: nothing tells a stranger whether an account exists (ACC-3).
"""
