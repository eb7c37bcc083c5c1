"""What an agency has that has not set its own. Pure."""

DEFAULT_MESSAGE_CENTS = 50  # MSG-2
