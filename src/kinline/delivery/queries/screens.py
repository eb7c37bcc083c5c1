"""A facility's lists, ready to be asked. Kept in this process until they change."""

from typing import cast

from kinline.delivery.models import Phrase, Screening, WatchedPerson, WatchList
from kinline.delivery.screening import Entry, ListFacts, Screen, Tier

_MOST_KEPT = 64  # facilities; 5,000 phrases are about 2 MB
_kept: dict[int, tuple[int, Screen]] = {}


def screening_of(facility_id: int) -> tuple[int, bool]:
    """The version of the facility's lists (0: it has none), and whether words may refuse by themselves."""
    row = Screening.objects.filter(pk=facility_id).values_list("version", "may_refuse").first()
    return row or (0, False)


def screen(facility_id: int, version: int) -> Screen:
    """The lists as they are at this version or a later one. Three statements when they changed, else none."""
    kept = _kept.get(facility_id)
    if kept is not None and kept[0] == version:
        return kept[1]
    found = _read(facility_id)
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[facility_id] = (version, found)
    return found


def _read(facility_id: int) -> Screen:
    """Whoever read `version` did so before: what is read here is not older, and what is newer has another version."""
    lists = WatchList.objects.filter(facility_id=facility_id, ended_at=None).select_related("reason")
    own = {"list__facility_id": facility_id, "list__ended_at": None, "removed_at": None}
    phrases = Phrase.objects.filter(**own).values_list("pk", "list_id", "tier", "folded", "list__kind")
    people = WatchedPerson.objects.filter(**own).values_list("pk", "list_id", "tier", "resident_id", "user_id")
    return Screen(
        [ListFacts(one.pk, one.until, one.reason.code if one.reason else "", one.why) for one in lists],
        [
            *(
                Entry(pk, of, cast(Tier, tier), **{"number" if kind == "numbers" else "folded": folded})
                for pk, of, tier, folded, kind in phrases
            ),
            *(
                Entry(pk, of, cast(Tier, tier), party=f"resident:{resident}" if resident else f"family:{user}")
                for pk, of, tier, resident, user in people
            ),
        ],
    )
