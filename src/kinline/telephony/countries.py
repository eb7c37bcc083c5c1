"""How the countries are called that are called most; any other by its code (ISO 3166) and its telephone code."""

from collections.abc import Mapping
from types import MappingProxyType

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: Mapping[str, str | Promise] = MappingProxyType(
    {
        "AR": _("Argentina"),
        "AS": _("American Samoa"),
        "BR": _("Brazil"),
        "BS": _("the Bahamas"),
        "CA": _("Canada"),
        "CL": _("Chile"),
        "CN": _("China"),
        "CO": _("Colombia"),
        "CR": _("Costa Rica"),
        "CU": _("Cuba"),
        "DE": _("Germany"),
        "DO": _("the Dominican Republic"),
        "EC": _("Ecuador"),
        "ES": _("Spain"),
        "FR": _("France"),
        "GB": _("the United Kingdom"),
        "GT": _("Guatemala"),
        "GU": _("Guam"),
        "HN": _("Honduras"),
        "HT": _("Haiti"),
        "IN": _("India"),
        "JM": _("Jamaica"),
        "KR": _("South Korea"),
        "MP": _("the Northern Mariana Islands"),
        "MX": _("Mexico"),
        "NG": _("Nigeria"),
        "NI": _("Nicaragua"),
        "PA": _("Panama"),
        "PE": _("Peru"),
        "PH": _("the Philippines"),
        "PK": _("Pakistan"),
        "PR": _("Puerto Rico"),
        "RU": _("Russia"),
        "SV": _("El Salvador"),
        "TT": _("Trinidad and Tobago"),
        "UA": _("Ukraine"),
        "VE": _("Venezuela"),
        "VI": _("the Virgin Islands"),
        "VN": _("Vietnam"),
    }
)


def name(code: str) -> str:
    """`MX` → Mexico; `QA` → QA (+974)."""
    if known := NAMES.get(code):
        return str(known)
    telephone = phonenumbers.country_code_for_region(code)
    return f"{code} (+{telephone})" if telephone else code
