"""The money: double entry in whole cents, append-only, held by the database itself (MON-1, MON-2).

Words: an *account* has an address that `chart` knows; an *entry* is a set of *postings* that sum to zero; a *hold*
reserves money in ordered lines, one a payer, and one *resolution* ends it: capture, void or expiry.
Cents are signed as a bookkeeper credits: what we owe a customer and what we earned is above zero, money that we
hold or are owed (cash, clearing, funding) is below. All accounts together are always zero.

Verbs: `post`, `hold`, `try_hold`, `capture`, `void`, `expire`, `hold_and_capture`; each is one SQL function
(migrations 0002 and 0003), so a flow may also call it inside a larger statement of its own. Only flows move money.
"""
