"""The switch of calls.py without sound: everything else as in `kinline switch`.

python benchmarks/silent_switch.py PORT PORT_OF_THE_OTHER_SIDE
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinline.project.settings")


def main(port: int, other: int) -> None:
    import django

    django.setup()
    from kinline.ops.service import run

    run(lambda: serve(port, other))


async def serve(port: int, other: int) -> None:
    from django.conf import settings

    from kinline.sip import prompts
    from kinline.sip.local import LocalControl
    from kinline.sip.media.silent import SilentMedia
    from kinline.sip.options import Options, Peer
    from kinline.sip.switch import running

    peer = Peer("bench", "127.0.0.1", other)
    options = Options(sip=("127.0.0.1", port), peers=(peer,), data=Path(settings.DATA), trust_loopback=True)
    control = LocalControl(options.folder, unnamed=True)
    async with running(options, control, SilentMedia(), prompts.files):
        await asyncio.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
