"""Who may write to whom: contacts, blocks, restrictions, "tell me when they are here", invitations.

Words: a *contact* is the relation of one family member to one resident; *consent* is the resident's, *approval*
the facility's; a *block* is one side's silent no; a *restriction* is the facility's no, from–until, with a reason.
Promises: why a contact cannot be written to is known before composing (CON-3); a block is never told.
"""
