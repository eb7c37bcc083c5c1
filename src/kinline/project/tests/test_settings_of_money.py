"""Numbers of money that the law or good sense bounds are refused at the start, not found out later."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("KINLINE_INACTIVE_DAYS", "179", "may not be below 180"),  # F16
        ("KINLINE_REMINDER_DAYS", "60 200", "such as 60 30"),
        ("KINLINE_REMINDER_DAYS", "0", "such as 60 30"),
        ("KINLINE_DEPOSIT_LIMIT_CENTS", "4999", "$50.00 must succeed"),  # F13
    ],
)
def test_a_number_out_of_bounds_stops_the_start(name: str, value: str, says: str) -> None:
    environment = {
        **os.environ,
        "KINLINE_ALLOW_TEST_SECRETS": "1",
        name: value,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    started = subprocess.run(
        [sys.executable, "-c", "import kinline.project.settings"], env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert started.returncode == 1
    assert says in started.stderr
