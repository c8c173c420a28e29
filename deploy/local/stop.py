"""The one error of ``./dev``."""


class Stop(Exception):
    """Something a person must do first; the message says what, in a sentence."""
