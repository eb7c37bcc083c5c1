import time
from collections.abc import Iterator

import pytest

from kinline.ops.fake_stripe.tests.running import KEY, SECRET, Running, running


@pytest.fixture
def processor(tmp_path, settings) -> Iterator[Running]:
    """The stand-in, which `payments.processors` finds through the settings."""
    with running(tmp_path, float(int(time.time()))) as found:
        settings.STRIPE_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
        settings.STRIPE_API = settings.STRIPE_PAGE_ORIGIN = found.url
        yield found
