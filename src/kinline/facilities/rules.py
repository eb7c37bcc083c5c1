"""What an agency has that has not set its own, and what no place may set (M9). Pure."""

import re
import unicodedata

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


LONGEST_CODE = 40


def code_from(text: str) -> str:
    """A reason's code from its words, such as `it-threatens-somebody`; empty where there is nothing to make it from."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    code = "-".join(re.findall(r"[a-z0-9]+", plain))
    return code if len(code) <= LONGEST_CODE else code[: LONGEST_CODE + 1].rpartition("-")[0] or code[:LONGEST_CODE]


def free_code(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first number that makes it free."""
    code, number = wanted, 1
    while code in taken:
        number += 1
        code = f"{wanted[: LONGEST_CODE - len(f'-{number}')]}-{number}"
    return code
