import signal

import pytest


@pytest.fixture(scope="session", autouse=True)
def _as_from_a_terminal() -> None:
    """A shell without job control starts what runs in its background deaf to Ctrl-C, and children inherit that."""
    for sign in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(sign) is signal.SIG_IGN:
            signal.signal(sign, signal.default_int_handler)
