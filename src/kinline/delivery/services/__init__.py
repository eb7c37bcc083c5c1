"""The verbs of delivery rules and lists."""

from kinline.delivery.services.lists import (
    NewPhrase,
    add_person,
    add_phrases,
    change_list,
    create_list,
    end_list,
    fault,
    follow,
    list_id,
    list_to_tell,
    owned,
    record_hits,
    remove_person,
    remove_phrase,
    set_may_refuse,
    told_of_expiry,
    told_of_hits,
)
from kinline.delivery.services.policies import set_policy

__all__ = [
    "NewPhrase",
    "add_person",
    "add_phrases",
    "change_list",
    "create_list",
    "end_list",
    "fault",
    "follow",
    "list_id",
    "list_to_tell",
    "owned",
    "record_hits",
    "remove_person",
    "remove_phrase",
    "set_may_refuse",
    "set_policy",
    "told_of_expiry",
    "told_of_hits",
]
