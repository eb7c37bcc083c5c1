"""Every read of delivery rules and lists; the facility, where somebody may act, comes first."""

from kinline.delivery.queries.lists import (
    Figures,
    HitRow,
    ListRow,
    PersonRow,
    PhraseRow,
    followers,
    last_hits,
    letters_untold,
    list_of,
    lists_of,
    names_of,
    over_count,
    over_untold,
    people_of,
    phrases_of,
    today_at,
)
from kinline.delivery.queries.marks import Span, fired
from kinline.delivery.queries.policies import policy_at, versions
from kinline.delivery.queries.screens import screen, screening_of

__all__ = [
    "Figures",
    "HitRow",
    "ListRow",
    "PersonRow",
    "PhraseRow",
    "Span",
    "fired",
    "followers",
    "last_hits",
    "letters_untold",
    "list_of",
    "lists_of",
    "names_of",
    "over_count",
    "over_untold",
    "people_of",
    "phrases_of",
    "policy_at",
    "screen",
    "screening_of",
    "today_at",
    "versions",
]
