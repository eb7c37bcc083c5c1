"""What an agency has that has not set its own, and what no place may set (M9). Pure."""

import re

DEFAULT_MESSAGE_CENTS = 50  # MSG-2

# Of the numbers that a place sets, least and most that make sense.
RANGES = {
    "collect_limit": (0, 1000), "sender_appeal_days": (1, 1000), "resident_appeal_days": (1, 1000),
    "appeal_decision_days": (1, 1000), "kiosk_idle_seconds": (20, 3600), "reply_days": (0, 365), "week_starts": (0, 6),
    "photos_a_letter": (0, 10),
}  # fmt: skip

# 28 CFR 540.14(d): not refused because it is religious, philosophical, political, social, unpopular or repugnant; and
# never for criticism (M9). Beginnings of words. Whoever wants to hide it behind other words can: the list is public.
_OPINION = re.compile(
    r"\b(critici[sz]|criti(que|ca)|crítica|complain|grievance|disrespect|unflattering|embarrass|opinion|opini[oó]n|"
    r"religio|philosoph|filos[oó]f|politic|polític|unpopular|repugnan|queja|irrespet|falta de respeto|vergonz)",
    re.IGNORECASE,
)


def about_opinion(*texts: str) -> bool:
    """Whether a reason not to deliver a letter names what its writer thinks instead of what the letter does."""
    return any(_OPINION.search(text) for text in texts)
