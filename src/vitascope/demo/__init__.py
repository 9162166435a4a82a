"""A clip whose truth is known: a public-domain portrait with a pulse and breathing painted on the skin.

`astronaut.jpg` is NASA's portrait of Eileen Collins (S93-33380), in the public domain.
"""

from vitascope.demo.clip import Truth, demo_frames, make_clip, write_clip

__all__ = ["Truth", "demo_frames", "make_clip", "write_clip"]
