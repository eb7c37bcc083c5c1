"""One contestant in a process of its own: reads "threads seconds" lines, answers each with acts a second.

python benchmarks/actor.py postman:inbox    (started by the benchmarks, not by hand)
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from common import throughput


def main(name: str, *arguments: str) -> None:
    work = contestant(name, arguments)
    print("ready", flush=True)
    for line in sys.stdin:
        threads, seconds = line.split()
        print(throughput(work, threads=int(threads), seconds=float(seconds)), flush=True)


def contestant(name: str, arguments: tuple[str, ...]):
    """A function of the thread's number that gives the act to repeat."""
    kind, _, act = name.partition(":")
    if kind == "postman":
        import postman_site

        postman_site.configure()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        if act == "inbox":
            postman_site.fill(int(arguments[0]))
        return lambda _number: getattr(postman_site, act)()
    if kind == "hordak":
        import hordak_site

        hordak_site.configure()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        hordak_site.fill(int(arguments[0]))
        return getattr(hordak_site, act)
    import django

    django.setup()
    import kinline_pages

    return lambda number: getattr(kinline_pages, act)(number, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
