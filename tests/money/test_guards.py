"""MON-1: the database itself refuses, whoever asks and with whatever statement; and then nothing has changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from kinline.ledger import queries
from kinline.ledger.errors import CODES
from kinline.ledger.laws import LAWS
from tests.money.books import Books, picture, settle

INSERT_ONLY = ("account", "entry", "posting", "hold", "holdline", "resolution")
_ENTRY = (
    "INSERT INTO ledger_entry (id, key, input_hash, kind, reference, lines, at) "
    "VALUES (9000, 'x', '', 'x', '', {}, now())"
)
_POSTING = "INSERT INTO ledger_posting (entry_id, line, account_id, cents) VALUES ({}, {}, ({}), {})"
_HOLD = (
    "INSERT INTO ledger_hold (id, key, input_hash, purpose, cents, lines, at) "
    "VALUES (9000, 'x', '', 'x', {}, {}, now())"
)
_LINE = "INSERT INTO ledger_holdline (hold_id, line, account_id, cents) VALUES ({}, {}, ({}), {})"
_END = "INSERT INTO ledger_resolution (hold_id, kind, entry_id, cents, at) VALUES (({}), '{}', {}, {}, now())"
ANN = "SELECT id FROM ledger_account WHERE address = 'family:1:messages'"
CASH = "SELECT id FROM ledger_account WHERE address = 'facility:1:cash'"
EARNED = "SELECT id FROM ledger_account WHERE address = 'facility:2:cash'"
OPEN = "SELECT id FROM ledger_hold WHERE key = 'open'"
DONE = "SELECT id FROM ledger_hold WHERE key = 'done'"
FIRST = "(SELECT id FROM ledger_entry WHERE key = 'd1')"

ATTACKS: dict[str, tuple[str, str]] = {
    # a balance by hand
    "give oneself money": ("KL011", "UPDATE ledger_balance SET posted_cents = posted_cents + 100"),
    "free what is held": ("KL011", "UPDATE ledger_balance SET held_cents = 0"),
    "delete a balance": ("KL011", "DELETE FROM ledger_balance"),
    "a second balance row": ("KL011", f"INSERT INTO ledger_balance SELECT id, 5, 0 FROM ({CASH}) a"),
    "upsert a balance": (
        "KL011",
        "INSERT INTO ledger_balance SELECT * FROM ledger_balance "
        "ON CONFLICT (account_id) DO UPDATE SET posted_cents = 1000000",
    ),
    # entries that do not balance
    "one side": ("KL008", f"{_ENTRY.format(2)}; {_POSTING.format(9000, 1, ANN, 100)}"),
    "no side": ("KL008", _ENTRY.format(2)),
    "two sides that differ": (
        "KL008",
        f"{_ENTRY.format(2)}; {_POSTING.format(9000, 1, ANN, 100)}; {_POSTING.format(9000, 2, CASH, -99)}",
    ),
    "an entry of one line": ("23514", _ENTRY.format(1)),
    "a third line, later": ("KL008", _POSTING.format(FIRST, 3, EARNED, 100)),
    "a line again": ("23505", _POSTING.format(FIRST, 2, ANN, 100)),
    "a posting of no entry": ("KL008", _POSTING.format(8999, 1, ANN, 100)),
    "a posting to no account": ("KL009", f"{_ENTRY.format(2)}; {_POSTING.format(9000, 1, 'SELECT 8999', 100)}"),
    "a posting of nothing": ("23514", f"{_ENTRY.format(2)}; {_POSTING.format(9000, 1, ANN, 0)}"),
    "line zero": ("23514", f"{_ENTRY.format(2)}; {_POSTING.format(9000, 0, ANN, 5)}"),
    # below zero
    "take more than there is": (
        "23514",
        f"{_ENTRY.format(2)}; {_POSTING.format(9000, 1, ANN, -101)}; {_POSTING.format(9000, 2, CASH, 101)}",
    ),
    "take what is held": (
        "23514",
        f"{_ENTRY.format(2)}; {_POSTING.format(9000, 1, ANN, -1)}; {_POSTING.format(9000, 2, CASH, 1)}",
    ),
    "hold more than there is": ("23514", f"{_HOLD.format(1000, 1)}; {_LINE.format(9000, 1, ANN, 1000)}"),
    "hold a negative amount": ("23514", f"{_HOLD.format(5, 1)}; {_LINE.format(9000, 1, ANN, -5)}"),
    "a line more for a hold": ("KL012", _LINE.format(f"({OPEN})", 2, ANN, 1)),
    "a line of no hold": ("KL012", _LINE.format(8999, 1, ANN, 1)),
    # second ends
    "end a hold twice": ("23505", _END.format(DONE, "void", "NULL", 0)),
    "end no hold": ("23503", _END.format("SELECT 8999", "void", "NULL", 0)),
    "a capture without an entry": ("23514", _END.format(OPEN, "capture", "NULL", 5)),
    "a capture of an entry that is not there": ("23503", _END.format(OPEN, "capture", 8999, 5)),
    "a void with an entry": ("23514", _END.format(OPEN, "void", FIRST, 0)),
    "an end of its own making": ("23514", _END.format(OPEN, "forget", "NULL", 0)),
    # accounts
    "an account that is not in the chart": (
        "KL009",
        "INSERT INTO ledger_account (address, customer, created_at) VALUES ('family:1:slush', false, now())",
    ),
    "the same account again": (
        "23505",
        "INSERT INTO ledger_account (address, customer, created_at) VALUES ('family:1:messages', true, now())",
    ),
}


@pytest.fixture
def books(db: None) -> Books:
    """Ann has 100 cents, all of it held, after a letter for 50 that was delivered."""
    books = Books()
    for act in ("post d1 ann=150 cash=-150", "atonce done ann=50", "hold open ann=100"):
        assert books.act(act) == "ok"
    return books


@pytest.fixture
def _superuser(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip(
                "needs a database superuser, as ./kinline test has: it switches the guards off, or makes a role"
            )


def refused(sql: str) -> str:
    """The SQLSTATE with which the database refuses; what a commit would check is checked."""
    with pytest.raises(DatabaseError) as caught:
        _try(sql)
    return str(caught.value.__cause__.sqlstate)


def _try(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        settle()


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(name: str) -> None:
    before = picture()
    code, sql = ATTACKS[name]
    assert refused(sql) == code
    assert picture() == before
    assert queries.replay() == []


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("table", INSERT_ONLY)
@pytest.mark.parametrize(
    "sql", ["UPDATE ledger_{} SET {} = {}", "DELETE FROM ledger_{}", "DELETE FROM ledger_{} WHERE false"]
)
def test_nothing_is_edited_or_deleted(table: str, sql: str) -> None:
    column = "hold_id" if table in {"holdline", "resolution"} else "line" if table == "posting" else "id"
    before = picture()
    assert refused(sql.format(table, column, column)) == "KL010"
    assert picture() == before


@pytest.mark.usefixtures("books")
def test_a_skipped_insert_moves_nothing() -> None:
    """ON CONFLICT DO NOTHING skips the row; the balance must not move with it."""
    before = picture()
    with connection.cursor() as cursor:
        cursor.execute(_POSTING.format(FIRST, 1, ANN, 100) + " ON CONFLICT DO NOTHING")
        cursor.execute(_END.format(DONE, "void", "NULL", 0) + " ON CONFLICT DO NOTHING")
    assert picture() == before


@pytest.mark.usefixtures("books", "_superuser")
def test_an_ordinary_role_cannot_empty_the_books() -> None:
    """TRUNCATE is refused by privilege: the right to write and read does not give it."""
    before = picture()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE kinline_test_writer NOLOGIN")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kinline_test_writer")
    codes = {refused(f"SET LOCAL ROLE kinline_test_writer; TRUNCATE ledger_{table} CASCADE") for table in INSERT_ONLY}
    assert codes == {"42501"}
    assert picture() == before


# Each breaks the books as only somebody who switches the guards off can; the proof must name the law.
TAMPERED = {
    "balanced": "UPDATE ledger_posting SET cents = cents + 1 WHERE line = 1",
    "total": "UPDATE ledger_posting SET cents = cents + 1 WHERE line = 2",
    "orphans": "DELETE FROM ledger_hold WHERE key = 'open'",
    "chart": "UPDATE ledger_account SET customer = false",
    "posted": "UPDATE ledger_balance SET posted_cents = posted_cents + 1",
    "months": "UPDATE ledger_month SET lines = lines + 1",
    "held": "UPDATE ledger_balance SET held_cents = held_cents - 1",
    "floor": "ALTER TABLE ledger_balance DROP CONSTRAINT ledger_held_covered; "
    "UPDATE ledger_balance SET posted_cents = 0",
    "holds": "UPDATE ledger_hold SET cents = cents + 1",
    "captures": "UPDATE ledger_resolution SET cents = cents + 1",
    "ends": "UPDATE ledger_entry SET key = 'capture:1' WHERE key = 'd1'; "
    "DELETE FROM ledger_resolution WHERE kind = 'capture'",
    "corrections": "UPDATE ledger_entry SET corrects_id = id",
    "guards": "DROP TRIGGER ledger_posting_insert_only ON ledger_posting",
}


@pytest.mark.usefixtures("books", "_superuser")
@pytest.mark.parametrize("law", LAWS)
def test_the_proof_finds_what_was_tampered_with(law: str) -> None:
    assert queries.replay() == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(TAMPERED[law])
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = queries.replay()
    assert law in {difference.law for difference in found}
    assert all(difference.where for difference in found)


@pytest.mark.django_db
def test_each_refusal_has_a_code_of_its_own() -> None:
    classes = list(CODES.values())
    assert len({refusal.code for refusal in classes}) == len(classes)
    assert all(str(refusal()) for refusal in classes)
