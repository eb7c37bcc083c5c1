"""The examples of RFC 2069 (2.4, as its errata correct it) and RFC 7616 (3.9.1), and what cannot be answered."""

import re

from kinline.sip.phone import digest

CHALLENGE = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def response(challenge: str, **who: str) -> str:
    who = {"user": "Mufasa", "password": "Circle of Life", "method": "GET", "uri": "/dir/index.html"} | who
    return re.search(r'response="([^"]*)"', digest.answer(challenge, cnonce=CNONCE, **who))[1]


def test_md5():
    assert response(CHALLENGE.format(algorithm="MD5")) == "8ca523f5e9506fed4657c9700eebdbec"


def test_sha_256():
    expected = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    assert response(CHALLENGE.format(algorithm="SHA-256")) == expected


def test_without_quality_of_protection():
    challenge = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    assert response(challenge, password="CircleOfLife") == "1949323746fe6a43ef61f9606e7febea"


def test_an_algorithm_that_nobody_knows_gets_no_answer():
    assert digest.answer(CHALLENGE.format(algorithm="ROT-13"), user="a", password="b", method="BYE", uri="c") == ""
