"""The one exception a caller needs to catch: the input cannot be used, and the message says why in one sentence."""


class InputError(ValueError):
    """The input cannot be used. The message is one plain sentence fit to show to a person."""
