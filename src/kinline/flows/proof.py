"""What must hold between the books and what they are about: deposits, letters, refunds, disputes (MON-1, L3 to L7).

The ledger proves its own laws (`ledger.laws`); these look across the domains, so they stand here. Each answers where it
is broken. All are one statement, so that they see one moment while money moves.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.db import connection

from kinline.ledger.laws import Law, together
from kinline.ledger.queries import Difference

# Cents that an account's postings sum to; `about`: what each entry has moved on `refunds:payable`, by its reference.
_WITH: Final = """
    WITH moved AS (
        SELECT p.entry_id, p.cents, a.address, e.key, e.kind, e.reference, e.corrects_id
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id JOIN ledger_entry e ON e.id = p.entry_id
    ), sums AS (
        SELECT address, sum(cents) AS cents FROM moved GROUP BY address
    ), about AS (
        SELECT reference, sum(cents) AS cents FROM moved WHERE address = 'refunds:payable' GROUP BY reference
    ), letters AS (
        SELECT id, facility_id, state, payer, price_cents, hold_id, 'message:' || id AS reference
        FROM messaging_message WHERE price_cents > 0 AND payer <> 'nobody'
    )
"""

LAWS: Final[Mapping[str, Law]] = MappingProxyType(
    {
        "deposits": Law(
            "every deposit has its entry, and every deposit's entry its deposit",
            """
            SELECT 'deposit ' || d.receipt FROM payments_deposit d
            WHERE NOT EXISTS (SELECT FROM moved m WHERE m.entry_id = d.entry_id AND m.key = 'deposit:' || d.client_key
                              AND m.address = d.account AND m.cents = d.amount_cents)
            UNION ALL
            SELECT 'entry ' || e.id FROM ledger_entry e
            WHERE e.key LIKE 'deposit:%' AND NOT EXISTS (SELECT FROM payments_deposit d WHERE d.entry_id = e.id)
            """,
        ),
        "files": Law(
            "every file of deposits has all its lines, and they sum to its total",
            """
            SELECT 'file ' || f.id FROM payments_depositfile f LEFT JOIN payments_deposit d ON d.file_id = f.id
            GROUP BY f.id HAVING count(d.id) <> f.lines OR coalesce(sum(d.amount_cents), 0) <> f.total_cents
            """,
        ),
        "cards": Law(
            "every payment by card that is paid is one deposit, as it was asked for, and every such deposit is one",
            """
            SELECT 'payment ' || c.id FROM payments_checkout c JOIN payments_deposit d ON d.id = c.deposit_id
            WHERE (c.account, c.amount_cents, c.payer_id, c.payment_ref)
                IS DISTINCT FROM (d.account, d.amount_cents, d.payer_id, d.payment_ref)
            UNION ALL
            SELECT 'deposit ' || d.receipt FROM payments_deposit d
            WHERE d.method = 'card' AND NOT EXISTS (SELECT FROM payments_checkout c WHERE c.deposit_id = d.id)
            """,
        ),
        "earned": Law(
            "every cent of revenue is the price of one delivered letter or photo, or of a call",
            """
            SELECT 'entry ' || m.entry_id FROM moved m LEFT JOIN letters l ON l.reference = m.reference
            WHERE m.address LIKE 'facility:%:revenue' AND m.cents > 0
                AND m.reference NOT LIKE 'photo:%' AND m.reference NOT LIKE 'call:%'
                AND (l.state, 'facility:' || l.facility_id || ':revenue', l.price_cents::bigint)
                    IS DISTINCT FROM ('delivered', m.address, m.cents)
            UNION ALL
            SELECT 'letter ' || l.id FROM letters l
            LEFT JOIN moved m ON m.reference = l.reference AND m.address LIKE 'facility:%:revenue'
            GROUP BY l.id, l.state HAVING count(m.entry_id) <> (l.state = 'delivered')::int
            """,
        ),
        "calls": Law(
            "every cent that a call earned is in its record, and no record says another price",
            """
            SELECT coalesce(m.reference, 'call:' || d.call_id) FROM (
                SELECT call_id, facility_id, cents FROM telephony_cdr WHERE corrects_id IS NULL AND cents > 0
            ) d FULL JOIN (
                SELECT reference, address, sum(cents) AS cents FROM moved
                WHERE reference LIKE 'call:%' AND address LIKE 'facility:%:revenue' AND cents > 0
                GROUP BY reference, address
            ) m ON m.reference = 'call:' || d.call_id AND m.address = 'facility:' || d.facility_id || ':revenue'
            WHERE m.cents IS DISTINCT FROM d.cents::numeric
            UNION ALL
            SELECT 'share of call ' || d.call_id FROM telephony_cdr d
            WHERE d.corrects_id IS NULL AND d.additive_cents <> coalesce((
                SELECT sum(m.cents) FROM moved m
                WHERE m.reference = 'call:' || d.call_id AND m.address = 'additive:' || d.facility_id
                    AND m.cents > 0), 0)
            """,
        ),
        "call_corrections": Law(
            "what a call keeps is what its newest record says, and it came from whom the record names",
            """
            SELECT coalesce(m.reference, 'call:' || d.call_id) FROM (
                SELECT * FROM telephony_cdr d
                WHERE NOT EXISTS (SELECT FROM telephony_cdr n WHERE n.corrects_id = d.id)
            ) d FULL JOIN (
                SELECT reference, sum(cents) FILTER (WHERE address LIKE 'facility:%:revenue') AS base,
                    sum(cents) FILTER (WHERE address LIKE 'additive:%') AS additive,
                    sum(cents) FILTER (WHERE address LIKE 'agency:%:funding') AS agency,
                    sum(cents) FILTER (WHERE address LIKE 'number:%' OR address LIKE 'resident:%') AS own,
                    min(address) FILTER (WHERE address LIKE 'number:%' OR address LIKE 'resident:%') AS payer,
                    max(address) FILTER (WHERE address LIKE 'number:%' OR address LIKE 'resident:%') AS other
                FROM moved WHERE reference LIKE 'call:%' GROUP BY reference
            ) m ON m.reference = 'call:' || d.call_id
            WHERE (coalesce(m.base, 0), coalesce(m.additive, 0), coalesce(-m.agency, 0), coalesce(-m.own, 0))
                    IS DISTINCT FROM (d.base_cents::numeric, d.additive_cents::numeric, d.agency_cents::numeric,
                                      (d.cents - d.agency_cents)::numeric)
                OR coalesce(m.payer, d.payer) IS DISTINCT FROM d.payer OR m.other <> m.payer
            UNION ALL
            SELECT 'correction of call ' || d.call_id FROM telephony_cdr d
            WHERE d.corrects_id IS NOT NULL
                AND NOT EXISTS (SELECT FROM telephony_callcorrection c WHERE c.record_id = d.id)
            """,
        ),
        "call_prices": Law(
            "no call costs more than its rate times its time, or was paid without being accepted",
            """
            SELECT 'call ' || d.call_id FROM telephony_cdr d
            WHERE d.cents::bigint * 600000 > d.seconds::bigint * (d.base_micro + d.additive_micro)
                OR (d.cents > 0 AND d.accepted_at IS NULL)
            """,
        ),
        "call_holds": Law(
            "what is set aside for a call is there while it goes on, and is taken as its record says, or goes back",
            """
            SELECT 'call ' || c.id FROM telephony_call c
            LEFT JOIN telephony_cdr d ON d.call_id = c.id AND d.corrects_id IS NULL
            LEFT JOIN ledger_resolution r ON r.hold_id = c.hold_id
            WHERE (c.ended_at IS NULL) <> (d.id IS NULL)
                OR (c.hold_id IS NOT NULL AND (c.ended_at IS NULL) <> (r.hold_id IS NULL))
                OR (r.hold_id IS NOT NULL
                    AND CASE r.kind WHEN 'capture' THEN r.cents ELSE 0 END <> d.cents - d.agency_cents)
                OR (c.hold_id IS NULL AND d.cents <> d.agency_cents)
            """,
        ),
        "photos": Law(
            "what a photo costs is set aside while its letter waits, paid once when it is delivered, else back",
            """
            SELECT 'photo ' || p.id FROM messaging_photo p JOIN messaging_message l ON l.id = p.message_id
            LEFT JOIN ledger_resolution r ON r.hold_id = p.hold_id
            WHERE p.hold_id IS NOT NULL AND CASE
                WHEN l.state = 'delivered' THEN r.kind IS DISTINCT FROM 'capture'
                WHEN l.state IN ('review', 'scheduled', 'paper') THEN r.hold_id IS NOT NULL
                ELSE true
            END
            UNION ALL
            SELECT coalesce(m.reference, 'photo:' || p.id) FROM (
                SELECT p.id, p.price_cents, l.facility_id FROM messaging_photo p
                JOIN messaging_message l ON l.id = p.message_id WHERE p.hold_id IS NOT NULL AND l.state = 'delivered'
            ) p FULL JOIN (
                SELECT reference, address, cents FROM moved
                WHERE reference LIKE 'photo:%' AND address LIKE 'facility:%:revenue'
            ) m ON m.reference = 'photo:' || p.id
            GROUP BY p.id, m.reference
            HAVING count(*) <> 1 OR min(m.cents) IS DISTINCT FROM min(p.price_cents)::bigint
                OR min(m.address) IS DISTINCT FROM 'facility:' || min(p.facility_id) || ':revenue'
            """,
        ),
        "set_aside": Law(
            "what is set aside waits for a letter, for its photos, for a reply, or for the end of a call",
            """
            SELECT 'hold ' || h.id FROM ledger_hold h LEFT JOIN ledger_resolution r ON r.hold_id = h.id
            WHERE r.hold_id IS NULL
                AND NOT EXISTS (SELECT FROM telephony_call c WHERE c.hold_id = h.id AND c.ended_at IS NULL)
                AND NOT EXISTS (SELECT FROM letters l
                                WHERE l.hold_id = h.id AND l.state IN ('review', 'scheduled', 'paper'))
                AND NOT EXISTS (SELECT FROM messaging_photo p JOIN messaging_message l ON l.id = p.message_id
                                WHERE p.hold_id = h.id AND l.state IN ('review', 'scheduled', 'paper'))
                AND NOT EXISTS (SELECT FROM messaging_prepaidreply y WHERE y.hold_id = h.id AND y.state = 'open')
            """,
        ),
        "replies": Law(
            "what was paid ahead for a reply is set aside until a reply has taken it or it went back",
            """
            SELECT 'reply to letter ' || y.message_id FROM messaging_prepaidreply y
            LEFT JOIN ledger_resolution r ON r.hold_id = y.hold_id
            LEFT JOIN messaging_message u ON u.id = y.used_by_id
            WHERE CASE y.state
                WHEN 'open' THEN r.hold_id IS NOT NULL
                WHEN 'returned' THEN coalesce(r.kind NOT IN ('void', 'expire'), true)
                ELSE u.hold_id IS DISTINCT FROM y.hold_id
                    OR (u.state = 'delivered') <> coalesce(r.kind = 'capture', false)
            END
            """,
        ),
        "allowances": Law(
            "every letter and call that an agency pays has its allowance: used when it came about, else given back",
            """
            SELECT 'letter ' || l.id FROM letters l LEFT JOIN payments_allowanceuse u ON u.about = l.reference
            WHERE l.payer = 'agency' AND CASE
                WHEN u.id IS NULL THEN true
                WHEN l.state = 'delivered' THEN u.used_at IS NULL
                WHEN l.state IN ('review', 'scheduled', 'paper') THEN u.used_at IS NOT NULL OR u.returned_at IS NOT NULL
                ELSE u.returned_at IS NULL
            END
            UNION ALL
            SELECT 'call ' || c.id FROM telephony_call c
            LEFT JOIN telephony_cdr d ON d.call_id = c.id
                AND NOT EXISTS (SELECT FROM telephony_cdr n WHERE n.corrects_id = d.id)
            LEFT JOIN payments_allowanceuse u ON u.about = 'call:' || c.id
            WHERE c.allowance_seconds > 0 AND CASE
                WHEN u.id IS NULL THEN true
                WHEN d.id IS NULL THEN u.used_at IS NOT NULL OR u.returned_at IS NOT NULL
                WHEN d.corrects_id IS NOT NULL AND d.agency_cents = 0 THEN u.returned_at IS NULL
                WHEN d.seconds > 0 THEN u.used_at IS NULL OR u.count * 60 < least(d.seconds, c.allowance_seconds)
                ELSE u.returned_at IS NULL
            END
            """,
        ),
        "refunds": Law(
            "every refund left the balance that it names, and every such entry is a refund",
            """
            SELECT 'refund ' || r.id FROM payments_refund r
            WHERE (SELECT count(*) FROM moved m WHERE m.entry_id = r.entry_id AND m.key = 'refund:' || r.client_key
                   AND (m.address, m.cents) IN ((r.account, -r.amount_cents), ('refunds:payable', r.amount_cents))) <> 2
            UNION ALL
            SELECT 'entry ' || e.id FROM ledger_entry e
            WHERE e.key LIKE 'refund:%' AND NOT EXISTS (SELECT FROM payments_refund r WHERE r.entry_id = e.id)
            """,
        ),
        "pay_outs": Law(
            "every refund equals its pay-outs, and each of them has moved what its state says",
            """
            SELECT 'refund ' || r.id FROM payments_refund r
            LEFT JOIN payments_payout o ON o.refund_id = r.id AND o.replaced_by_id IS NULL
            GROUP BY r.id HAVING coalesce(sum(o.amount_cents), 0) <> r.amount_cents
            UNION ALL
            SELECT 'pay-out ' || o.id FROM payments_payout o LEFT JOIN about ON about.reference = 'pay_out:' || o.id
            WHERE coalesce(about.cents, 0) <> CASE
                WHEN o.replaced_by_id IS NULL AND o.state IN ('paid', 'unclaimed', 'remitted', 'recalled')
                THEN -o.amount_cents ELSE 0 END
            UNION ALL
            SELECT 'pay-out ' || id FROM payments_payout
            WHERE (state = 'failed') > (replaced_by_id IS NOT NULL) OR (state = 'paid' AND entry_id IS NULL)
            """,
        ),
        "payable": Law(
            "what we owe as refunds is what waits to be paid out",
            """
            SELECT 'refunds:payable' FROM (SELECT 1) AS one
            WHERE coalesce((SELECT cents FROM sums WHERE address = 'refunds:payable'), 0) <> (
                SELECT coalesce(sum(amount_cents), 0) FROM payments_payout
                WHERE replaced_by_id IS NULL AND state IN ('waiting', 'sent', 'returned'))
            """,
        ),
        "unclaimed": Law(
            "what we owe to each state is what could not be paid to somebody there",
            """
            SELECT coalesce(s.address, o.address) FROM (
                SELECT address, cents FROM sums WHERE address LIKE 'unclaimed:%' AND cents <> 0
            ) s FULL JOIN (
                SELECT 'unclaimed:' || payee_region AS address, sum(amount_cents) AS cents FROM payments_payout
                WHERE replaced_by_id IS NULL AND state = 'unclaimed' GROUP BY payee_region
            ) o ON o.address = s.address
            WHERE s.cents IS DISTINCT FROM o.cents
            """,
        ),
        "disputes": Law(
            "a dispute took what it names, from its deposit's balance or as a loss; won, it came back",
            """
            SELECT 'dispute ' || d.ref FROM payments_dispute d
            LEFT JOIN LATERAL (
                SELECT sum(m.cents) FILTER (WHERE m.address LIKE 'processor:%' AND m.entry_id = d.entry_id) AS taken,
                    sum(m.cents) FILTER (WHERE m.address LIKE 'processor:%' AND m.entry_id = d.return_entry_id) AS back,
                    -sum(m.cents) FILTER (WHERE m.address = 'loss:disputes') AS loss
                FROM moved m WHERE m.entry_id = d.entry_id OR m.corrects_id = d.entry_id
            ) b ON true
            WHERE b.taken IS DISTINCT FROM d.amount_cents
                OR coalesce(b.back, 0) <> CASE d.state WHEN 'won' THEN -d.amount_cents ELSE 0 END
                OR coalesce(b.loss, 0) <> CASE d.state WHEN 'won' THEN 0 ELSE d.loss_cents END
            UNION ALL
            SELECT 'loss:disputes' FROM (SELECT 1) AS one
            WHERE coalesce((SELECT -cents FROM sums WHERE address = 'loss:disputes'), 0) <>
                (SELECT coalesce(sum(loss_cents), 0) FROM payments_dispute WHERE state <> 'won')
            """,
        ),
        "given_back": Law(
            "no deposit gives back more than was put in",
            """
            SELECT 'deposit ' || d.receipt FROM payments_deposit d
            WHERE d.amount_cents < (
                SELECT coalesce(sum(o.amount_cents), 0) FROM payments_payout o
                WHERE o.deposit_id = d.id AND o.replaced_by_id IS NULL AND o.state NOT IN ('failed', 'recalled')
            ) + (
                SELECT coalesce(sum(i.recovered_cents), 0) FROM payments_dispute i
                WHERE i.deposit_id = d.id AND i.state <> 'won')
            """,
        ),
        "cash": Law(
            "what we hold is what came in, from people and agencies, less what was paid, remitted, or taken by banks",
            """
            SELECT 'cash, clearing and bank' FROM (SELECT 1) AS one
            WHERE (SELECT coalesce(-sum(cents), 0) FROM sums
                   WHERE address = 'bank' OR address LIKE 'processor:%' OR address LIKE 'facility:%:cash')
                <> (SELECT coalesce(sum(amount_cents), 0) FROM payments_deposit)
                + (SELECT coalesce(sum(cents), 0) FROM moved WHERE kind = 'agency_payment' AND cents > 0)
                - (SELECT coalesce(sum(amount_cents), 0) FROM payments_payout WHERE state IN ('paid', 'remitted'))
                - (SELECT coalesce(sum(amount_cents), 0) FROM payments_dispute WHERE state <> 'won')
            """,
        ),
        "guards": Law(
            "what refuses revenue without a service stands",
            """
            SELECT 'trigger ' || name
            FROM unnest(ARRAY['money_is_earned', 'money_stays_earned', 'money_stays_there',
                'money_keeps_photo', 'money_keeps_photo_there', 'money_keeps_letter_of_photo',
                'money_keeps_call', 'money_follows_record']) AS name
            WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = name AND t.tgenabled IN ('O', 'A'))
            """,
        ),
    }
)

_STATEMENT: Final = _WITH + together(LAWS)


def differences() -> list[Difference]:
    """Every law of `LAWS` asked of every row. Empty when all is right."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT)
        return [Difference(law, where) for law, where in cursor.fetchall()]
