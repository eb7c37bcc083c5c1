"""A card processor for the sample jail and for tests: as much of Stripe's API as we use, with pages to pay on.

No money moves and no card number is kept: the page takes the test cards of `cards`, nothing else. What it promises is
held by a contract test against Stripe's own library. What may go wrong with a processor (no answer, a slow one, a lost
one, events twice or in another order) is switched on at `/test/`.

`store` keeps the objects, `machine` the lock, the clock and what happens later by itself; `payments`, `refunds` and
`disputes` say what happens; `api` is `/v1/`, `pages` are the payer's and the tester's, `webhooks` tells Kinline.
"""
