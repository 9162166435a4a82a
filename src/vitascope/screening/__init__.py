"""Photos to findings: which kind of picture it is, whether it is good enough, what a check sees, how sure it is."""

from vitascope.screening.run import Examination, examine, screen

__all__ = ["Examination", "examine", "screen"]
