"""Every thing that can be laid over a face, by name.

Each function returns a `Layer`: colours, how opaque they are, and what kind of thing it is. Colours and places are
drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable

from visibility.held import drawn_hand, glare, real_hand, thing
from visibility.layers import Layer
from visibility.worn import face_mask, hair, hat, scarf, sunglasses

# A later one may lie over an earlier one.
OPAQUE: dict[str, Callable[..., Layer]] = {
    "sunglasses": sunglasses,
    "hair": hair,
    "hat": hat,
    "face_mask": face_mask,
    "scarf": scarf,
    "thing": thing,
    "real_hand": real_hand,
    "drawn_hand": drawn_hand,
    "glare": glare,
}
