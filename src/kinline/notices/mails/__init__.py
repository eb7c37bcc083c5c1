"""What each email says, by story: one table a file, kind → subject, paragraphs, button."""
