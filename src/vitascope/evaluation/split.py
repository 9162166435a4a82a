"""The one division of the development pictures into those that taught and those that judge.

A file's fold comes from its name alone, so that training recipes and evaluation agree without a list of files, and a
file keeps its side when others are added. Sets in which several pictures show one person or one lesion are split by
that group's name.
"""

import hashlib

FOLDS = 10
# Never used to train a network nor to choose a threshold: what `vitascope evaluate` measures on.
HELD_OUT = frozenset({8, 9})


def fold(name: str) -> int:
    """Fold 0..9 of a file (its name without folders) or of a group such as a subject: SHA-1 of the name modulo 10."""
    return int.from_bytes(hashlib.sha1(name.encode(), usedforsecurity=False).digest()) % FOLDS


def held_out(name: str) -> bool:
    """Whether the file or group of that name is kept apart from all training and tuning."""
    return fold(name) in HELD_OUT
