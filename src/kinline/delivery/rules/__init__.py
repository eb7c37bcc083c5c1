"""The decision on a message: deliver, delay, review or refuse, and why (DEL-1 to DEL-3). Pure.

A policy is a list of rules. Every rule whose condition fits *fires*; the strictest outcome wins: refuse, then review,
then delay (all waits and all hours kept at once), then deliver. Letting a letter through takes a rule that says so: if
none fires, a person looks. The same holds for a policy that is missing, broken or unknown (`decide_for`).

One rule, as JSON::

    {"id": "night", "then": "hours", "from": "07:00", "to": "21:00", "when": {"direction": "family"}}

`then`: `deliver`; `wait` (`minutes`); `hours` (`from`, `to`: local wall time, `to` exclusive, may cross midnight);
`review`; `refuse` (`reason`: code on the facility's list, `why`: the explanation people read).
`when` (every named condition must fit; absent: always): `direction` (who sends), `first` (first letter of the contact),
`class` (of the contact), `words` (any of them), `longer_than` (code points), `links`, `photos`, `watched` (somebody of
the two is on a list of people that counts): there are some, or none; `sample` (so many of a hundred letters, by lot).

Beside the rules stand the facility's word lists (`screening`): what of them fits comes as `Facts.hits`, each with its
tier: alert changes nothing, review holds, refuse refuses. Words refuse by themselves, in a list or in a rule, only
where the facility says so (`words_may_refuse`); else they hold. A privileged letter is never screened (DEL-7): no
condition that reads its text fits.
"""

from kinline.delivery.rules.deciding import EMERGENCY, decide, decide_for, held, stopped, unread
from kinline.delivery.rules.facts import LOTS, PRIVILEGED, Decision, Facts, Fired, Outcome, PolicyRow, Rule, When
from kinline.delivery.rules.reading import LONGEST_WAIT_MINUTES, MOST_RULES, BadRule, parse

__all__ = [
    "EMERGENCY",
    "LONGEST_WAIT_MINUTES",
    "LOTS",
    "MOST_RULES",
    "PRIVILEGED",
    "BadRule",
    "Decision",
    "Facts",
    "Fired",
    "Outcome",
    "PolicyRow",
    "Rule",
    "When",
    "decide",
    "decide_for",
    "held",
    "parse",
    "stopped",
    "unread",
]
