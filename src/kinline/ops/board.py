"""What `up` prints when everything runs: the addresses, and who can sign in to the sample jail."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from kinline.ops.datadir import DataDir, read_json

SHOWN = 4  # residents; all are in demo.json


def show(console: Console, data: DataDir, url: str, seconds: float, *, demo: bool) -> None:
    """Addresses stand on lines of their own, unbroken, so that they can be clicked or cut out."""
    console.print(f"\n[bold]Kinline is running[/] after {seconds:.1f} seconds. Data: {escape(str(data.path))}\n")
    facts = read_json(data.demo) if demo else {}
    if not facts:
        _addresses(console, {"Families": f"{url}/", "Kiosk": f"{url}/kiosk/", "Staff": f"{url}/staff/"})
    else:
        _addresses(console, _named(facts, url))
        _sign_ins(console, facts)
        console.print(
            f"The same in {data.demo}. This is a sample: nobody in it is real, everybody knows its passwords."
        )
    console.print("\nStop with Ctrl-C, or from elsewhere with ./kinline down")


def _named(facts: Mapping[str, Any], url: str) -> dict[str, str]:
    found = {
        "Families": facts.get("portal") or f"{url}/",
        "Kiosk": facts.get("kiosk") or f"{url}/kiosk/",
        "Staff": facts.get("staff") or f"{url}/staff/",
        "All mail": facts.get("mail") or f"{url}/dev/mail/",
        "Cards": facts.get("processor") or "",
        "Calls": f"{url}/dev/call/",
        "SIP": facts.get("sip") or "",
    }
    return {label: str(address) for label, address in found.items() if address}


def _addresses(console: Console, addresses: Mapping[str, str]) -> None:
    for label, address in addresses.items():
        console.print(f"  {label:<9} [bold]{address}[/]")
    console.print()


def _sign_ins(console: Console, facts: Mapping[str, Any]) -> None:
    console.print("[bold]Families[/] (user name, password)")
    _columns(console, facts.get("families", ()), ("username", "password"))
    console.print("[bold]Residents[/] (open the kiosk's address once; then ID number and PIN)")
    residents = list(facts.get("residents", ()))
    _columns(console, residents[:SHOWN], ("name", "number", "pin", "facility"))
    if len(residents) > SHOWN:
        console.print(f"  … and {len(residents) - SHOWN} more in demo.json\n")
    console.print("[bold]Staff[/] (user name, password; then the page shows the code. By command line: --as USERNAME)")
    staff = {row.get("username"): row for row in facts.get("staff_users", ())}  # one person has several places
    _columns(console, staff.values(), ("username", "password", "role"))


def _columns(console: Console, rows: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> None:
    """Never cut off, however narrow the terminal is: people copy from here."""
    cells = [[str(row.get(name, "")) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        text = "   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        console.print(f"  {text.rstrip()}", markup=False)
    console.print()
