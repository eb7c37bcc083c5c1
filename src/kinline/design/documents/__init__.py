"""Files that people take away: PDF that a screen reader can follow, CSV that a spreadsheet opens as it is meant.

Both are fed data, never markup: whatever somebody wrote stays text.
"""
