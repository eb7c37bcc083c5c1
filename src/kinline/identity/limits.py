"""How often something may be tried. One table; the counting is `services.attempts`."""

from datetime import timedelta
from typing import NamedTuple


class Limit(NamedTuple):
    times: int
    window: timedelta


LIMITS: dict[str, Limit] = {
    # ACC-6: wrong passwords of one account; different accounts that failed from one address (a family behind one
    # connection that mistypes one password is one, not five).
    "login": Limit(5, timedelta(minutes=15)),
    "login_typed": Limit(5, timedelta(minutes=15)),  # how slow the answer is; the lock is the account's
    "login_address": Limit(5, timedelta(minutes=15)),
    "login_pair": Limit(1, timedelta(minutes=15)),
    # The owner is told of a pause once a day: whoever causes pauses must not be able to fill a mailbox with them.
    "pause_told": Limit(1, timedelta(hours=24)),
    # Taken usernames are necessarily visible at sign-up, so asking is limited (stack.md).
    "username_seen": Limit(30, timedelta(hours=1)),
    "signup_address": Limit(60, timedelta(hours=1)),
    # Wrong typed codes from one address, over all accounts; each code also ends after five of its own.
    "code_address": Limit(30, timedelta(minutes=15)),
    # Emails that somebody who is not logged in can cause: from one address (said), to one account (silent).
    "ask_address": Limit(30, timedelta(hours=1)),
    "ask_account": Limit(5, timedelta(hours=1)),
    "change_email": Limit(5, timedelta(hours=1)),
    "password_check": Limit(5, timedelta(minutes=15)),
    # Staff (rules C3): wrong passwords of one account at the door, and of who sits at it; wrong codes and passkeys: the
    # fifth locks until somebody opens it. Wrong passwords of one address: a pause.
    "staff_login": Limit(5, timedelta(minutes=15)),
    "staff_again": Limit(5, timedelta(minutes=15)),
    "staff_address": Limit(20, timedelta(minutes=15)),
    "staff_code": Limit(5, timedelta(minutes=15)),
    # TEL-8: numbers that one person adds; codes that one person asks for; calls that one number gets from all.
    "number_listed": Limit(40, timedelta(hours=24)),
    "number_code": Limit(5, timedelta(hours=1)),
    "number_called": Limit(5, timedelta(hours=24)),
    # T10: numbers that one resident asks for by the telephone's keys; T6: how often one says their name anew.
    "number_by_keys": Limit(10, timedelta(hours=24)),
    "name_said": Limit(10, timedelta(hours=24)),
    # TEL-12: passcodes that nobody has, keyed in at one telephone.
    "passcode": Limit(10, timedelta(minutes=15)),
    # ACC-7: documents of everything; each takes seconds of a processor.
    "papers": Limit(10, timedelta(hours=1)),
    # MSG-9: photos that one person has made anew; each takes a second of a processor.
    "photos": Limit(60, timedelta(hours=1)),
    # CON-1: searches of one person.
    "search": Limit(60, timedelta(minutes=10)),
}
