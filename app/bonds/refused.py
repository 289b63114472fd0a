"""A verb that cannot be done now."""


class WaveRefused(Exception):
    """The verb cannot be done now; `words` say why and what to do.

    `command` is how that is typed, which only the command line tells.
    """

    def __init__(self, words: str, command: str = "") -> None:
        super().__init__(words + f" (“{command}”)" * bool(command))
        self.words = words
