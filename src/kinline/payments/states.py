"""The states to which unclaimed money may fall (E3): how people write them, and the code of each. Pure."""

import re

_NAMES = """
AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia
FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine
MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada
NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma
OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont
VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|VI Virgin Islands|GU Guam
AS American Samoa|MP Northern Mariana Islands
"""
_CODES = {row[3:].lower(): row[:2] for row in re.split(r"[|\n]", _NAMES.strip())}


def state_code(region: str) -> str:
    """`Florida`, `fl` and `F.L.` are `FL`; nothing if it cannot be told. Other countries' codes stay as they are."""
    plain = " ".join(region.split())
    code = plain.replace(".", "").upper()
    return code if re.fullmatch("[A-Z]{2,3}", code) else _CODES.get(plain.lower(), "")
