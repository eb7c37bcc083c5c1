"""Who runs a place and what it is: agencies, facilities, housing units, kiosks, prices, reasons, holidays.

Words: an *agency* runs *facilities*; a *housing unit* is a part of one; a *kiosk* is an enrolled shared screen.
Promises: a price is a dated row, never a constant; a slug never changes.
"""
