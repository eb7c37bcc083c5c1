"""MON-1 as tables. Each line is a minute: what is done → what is answered | who has how much (posted/held cents)."""

import pytest

from kinline.ledger import queries
from kinline.ledger.chart import is_customer
from tests.money.books import ACCOUNTS, Books, balance

TABLES = {
    "a letter that is delivered later": """
        post d1 ann=200 cash=-200       -> ok                  | ann 200/0
        hold h1 ann=50                  -> ok                  | ann 200/50
        capture h1                      -> ok                  | ann 150/0
    """,
    "a letter that goes at once": """
        post d1 ann=100 cash=-100       -> ok                  | ann 100/0
        atonce h1 ann=50                -> ok                  | ann 50/0
        atonce h1 ann=50                -> same                | ann 50/0
        capture h1                      -> same                | ann 50/0
        void h1                         -> already_captured    | ann 50/0
        tryatonce h2 ann=50             -> ok                  | ann 0/0
        tryatonce h3 ann=50             -> none                | ann 0/0
        atonce h3 ann=50                -> insufficient_funds  | ann 0/0
        atonce h2 ann=50                -> same                | ann 0/0
    """,
    "a letter that is refused or taken back": """
        post d1 ann=50 cash=-50         -> ok                  | ann 50/0
        hold h1 ann=50                  -> ok                  | ann 50/50
        void h1                         -> ok                  | ann 50/0
        hold h2 ann=50                  -> ok                  | ann 50/50
        capture h2                      -> ok                  | ann 0/0
    """,
    "set aside is not free": """
        post d1 ann=99 cash=-99         -> ok                  | ann 99/0
        hold h1 ann=50                  -> ok                  | ann 99/50
        tryhold h2 ann=50               -> none                | ann 99/50
        hold h2 ann=50                  -> insufficient_funds  | ann 99/50
        post r1 ann=-50 payable=50      -> insufficient_funds  | ann 99/50
        post r1 ann=-49 payable=49      -> ok                  | ann 50/50
        hold h2 ann=1                   -> insufficient_funds  | ann 50/50
        capture h1                      -> ok                  | ann 0/0
    """,
    "nothing there": """
        hold h1 ann=1                   -> insufficient_funds  | ann 0/0
        tryhold h1 ann=1                -> none                | ann 0/0
        atonce h1 ann=1                 -> insufficient_funds  | ann 0/0
        post r1 ann=-1 payable=1        -> insufficient_funds  | ann 0/0
    """,
    "a part is used, the rest comes back": """
        post d1 ann=300 cash=-300       -> ok                  | ann 300/0
        hold c1 ann=200                 -> ok                  | ann 300/200
        capture c1 201                  -> exceeds_hold        | ann 300/200
        capture c1 0                    -> exceeds_hold        | ann 300/200
        capture c1 -5                   -> exceeds_hold        | ann 300/200
        capture c1 75                   -> ok                  | ann 225/0
        capture c1 75                   -> same                | ann 225/0
        capture c1 76                   -> already_captured    | ann 225/0
        capture c1                      -> already_captured    | ann 225/0
        capture c1 75 payable           -> already_captured    | ann 225/0
    """,
    "payers in their order: the allowance first, then the person": """
        post d1 ann=300 cash=-300       -> ok                  | ann 300/0
        hold c1 fund=100 ann=200        -> ok                  | ann 300/200
        capture c1 100                  -> ok                  | ann 300/0
        hold c2 fund=100 ann=200        -> ok                  | ann 300/200
        capture c2 130                  -> ok                  | ann 270/0
        hold c3 ann=70 fund=100         -> ok                  | ann 270/70
        capture c3 80                   -> ok                  | ann 200/0
        hold c4 fund=100 ann=201        -> insufficient_funds  | ann 200/0
        atonce c5 fund=100 ann=20       -> ok                  | ann 180/0
    """,
    "two customers pay, or neither": """
        post d1 ann=100 bob=10 cash=-110 -> ok                 | ann 100/0 bob 10/0
        tryhold h1 ann=50 bob=11        -> none                | ann 100/0 bob 10/0
        tryhold h1 bob=11 ann=50        -> none                | ann 100/0 bob 10/0
        hold h2 bob=10 ann=90           -> ok                  | ann 100/90 bob 10/10
        capture h2 60                   -> ok                  | ann 50/0 bob 0/0
    """,
    "the three ends and their second tries": """
        post d1 ann=500 cash=-500       -> ok                  | ann 500/0
        hold a ann=100                  -> ok                  | ann 500/100
        hold b ann=100                  -> ok                  | ann 500/200
        hold c ann=100                  -> ok                  | ann 500/300
        capture a                       -> ok                  | ann 400/200
        void b                          -> ok                  | ann 400/100
        expire c                        -> ok                  | ann 400/0
        capture a                       -> same                | ann 400/0
        void a                          -> already_captured    | ann 400/0
        expire a                        -> already_captured    | ann 400/0
        capture b                       -> already_voided      | ann 400/0
        void b                          -> same                | ann 400/0
        expire b                        -> already_voided      | ann 400/0
        capture c                       -> already_expired     | ann 400/0
        void c                          -> already_expired     | ann 400/0
        expire c                        -> same                | ann 400/0
        capture nobody                  -> no_such_hold        | ann 400/0
        void nobody                     -> no_such_hold        | ann 400/0
        expire nobody                   -> no_such_hold        | ann 400/0
    """,
    "a key is used once": """
        post d1 ann=100 cash=-100       -> ok                  | ann 100/0
        post d1 ann=100 cash=-100       -> same                | ann 100/0
        post d1 ann=101 cash=-101       -> ledger_key_reused   | ann 100/0
        post d1 bob=100 cash=-100       -> ledger_key_reused   | bob 0/0
        hold h1 ann=100                 -> ok                  | ann 100/100
        hold h1 ann=100                 -> same                | ann 100/100
        tryhold h1 ann=100              -> same                | ann 100/100
        hold h1 ann=99                  -> ledger_key_reused   | ann 100/100
        tryhold h1 ann=1                -> ledger_key_reused   | ann 100/100
        void h1                         -> ok                  | ann 100/0
        hold h1 ann=100                 -> same                | ann 100/0
        atonce h1 ann=100               -> already_voided      | ann 100/0
    """,
    "a refund that emptied the balance, repeated": """
        post d1 ann=100 cash=-100       -> ok                  | ann 100/0
        post r1 ann=-100 payable=100    -> ok                  | ann 0/0
        post r1 ann=-100 payable=100    -> same                | ann 0/0
    """,
    "what does not balance": """
        post e1 ann=100 cash=-99        -> unbalanced          | ann 0/0
        post e2 ann=100                 -> unbalanced          | ann 0/0
        post e3 ann=0 cash=0            -> unbalanced          | ann 0/0
        post e4 ann=100 ann=-100        -> unbalanced          | ann 0/0
        hold h1 fund=0                  -> not_holdable        | ann 0/0
        hold h2 fund=-5                 -> not_holdable        | ann 0/0
        hold h3 fund=5 fund=5           -> not_holdable        | ann 0/0
        hold h4                         -> not_holdable        | ann 0/0
    """,
    "a correction names what it corrects": """
        post d1 ann=100 cash=-100       -> ok                  | ann 100/0 bob 0/0
        post x1 ann=-100 bob=100 ^d1    -> ok                  | ann 0/0 bob 100/0
        post x1 ann=-100 bob=100        -> ledger_key_reused   | ann 0/0 bob 100/0
    """,
    "money is not captured into a customer's account": """
        post d1 ann=100 cash=-100       -> ok                  | ann 100/0
        hold h1 ann=100                 -> ok                  | ann 100/100
        capture h1 100 bob              -> not_in_chart        | ann 100/100 bob 0/0
    """,
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", TABLES)
def test_mon_1(name: str) -> None:
    books = Books()
    for line in filter(None, map(str.strip, TABLES[name].splitlines())):
        act, _arrow, rest = line.partition("->")
        answer, _bar, expected = rest.partition("|")
        assert (line, books.act(act)) == (line, answer.strip())
        words = expected.split()
        for who, cents in zip(words[::2], words[1::2], strict=True):
            assert (line, who, "{}/{}".format(*balance(who))) == (line, who, cents)
    assert queries.replay() == []
    assert sum(queries.totals().values()) == 0


@pytest.mark.django_db
def test_liabilities_are_what_came_in_less_what_was_earned() -> None:
    """MON-2: a deposit is no revenue; revenue arises at the capture, and cash is what we owe plus what we earned."""
    books = Books()
    for act in ("post d1 ann=100 cash=-100", "post d2 ray=100 cash=-100", "hold h ann=50", "atonce k ray=50"):
        assert books.act(act) == "ok"
    totals = queries.totals()
    owed = sum(cents for address, cents in totals.items() if is_customer(address))
    assert (totals[ACCOUNTS["cash"]], owed, totals[ACCOUNTS["earned"]]) == (-200, 150, 50)
    assert books.act("capture h") == "ok"
    assert queries.totals()[ACCOUNTS["earned"]] == 100


@pytest.mark.django_db
def test_history_tells_each_line_with_its_balance_and_time() -> None:
    books = Books()
    times = []
    for act in ("post d1 ann=100 cash=-100", "atonce k1 ann=50", "post d2 ann=20 cash=-20", "atonce k2 ann=60"):
        assert books.act(act) == "ok"
        times.append(books.now)
    lines = queries.history(ACCOUNTS["ann"])
    assert [(line.cents, line.balance_cents, line.at) for line in lines] == [
        (-60, 10, times[3]),
        (20, 70, times[2]),
        (-50, 50, times[1]),
        (100, 100, times[0]),
    ]
    first, second = queries.history(ACCOUNTS["ann"], limit=2), queries.history(ACCOUNTS["ann"], 2, lines[1].entry_id)
    assert first + second == lines
    assert {line.kind for line in lines} == {"test", "call"}
    assert queries.history(ACCOUNTS["bob"]) == []
