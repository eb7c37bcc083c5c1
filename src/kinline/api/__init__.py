"""What other systems speak with: the card processor's events. The REST API comes with its own issue."""
