"""What every other part stands on: money, the clock, refusals, transactions, jobs, audit.

The core knows no domain. Money is integer cents; time is an argument and read in one place (`clock`);
a foreseen "no" is a `Refusal` with a code; a story is one transaction, a verb joins it; a job is a row
in that transaction; what staff do is an `AuditEvent` in it.
"""
