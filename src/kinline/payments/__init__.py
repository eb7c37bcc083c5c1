"""Money in: deposits with their receipts. Cards, refunds and disputes come with the money issue.

Words: a *deposit* is money that somebody put into one balance; its *receipt* number is printed and mailed.
"""
