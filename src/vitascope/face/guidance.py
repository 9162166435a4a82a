"""What the person in front of the camera can do better, one sentence each, in order of weight."""

from __future__ import annotations

from collections import Counter

from vitascope.face.report import FaceReport

# A message appears when its cause has lasted this many frames in a row.
PERSIST = 5

NO_FACE = "No face is seen; sit so that your whole face is in the picture."
UNCLEAR = "Your face is not seen clearly; face the camera in even light."
COME_CLOSER = "Come closer to the camera."
MOVE_BACK = "Move a little away from the camera."
FACE_CAMERA = "Look straight at the camera."
HOLD_UPRIGHT = "Hold your head upright."
MIDDLE = "Move your face to the middle of the picture."
HOLD_STILL = "Hold still."
MORE_LIGHT = "There is too little light on your face; turn towards a lamp or a window."
LESS_LIGHT = "Your face is too bright; turn away from the strongest light."
BACKLIGHT = "The light comes from behind you; turn so that it falls on your face."
SLOW_CAMERA = "The camera gives few pictures a second; more light or another camera helps."
SEVERAL = "Several faces are in the picture; only the largest one in the middle is measured."
CHANGED = "Another face came into the picture; only one person can be measured at a time."
# What hides a part of the face.
MASK = "Take the mask off; the skin under it cannot be read."
HAND = "Take your hand away from your face."
DARK_GLASSES = "Take the dark glasses off."
HAIR = "Move the hair out of your face."
OUT_OF_FRAME = "Part of your face is outside the picture; move so that all of it is seen."
GLARE = "A strong light glares on your face; turn away from it."
COVERED = "Part of your face is covered; uncover it."
HIDDEN_BY = {
    "mask": MASK,
    "hand": HAND,
    "glasses": DARK_GLASSES,
    "hair": HAIR,
    "out_of_frame": OUT_OF_FRAME,
    "glare": GLARE,
}

NEAR, FAR = 0.85, 0.13  # width of the face in widths of the picture
FEW_PIXELS = 60.0
MAX_TURN, MAX_NOD, MAX_ROLL = 25.0, 28.0, 20.0  # degrees
OFF_CENTRE = 0.3  # of the picture's width or height
MAX_SPEED = 0.25  # face widths a second
DARK, BRIGHT = 45.0, 225.0  # mean of the face, 0..255
BEHIND, DIM = 60.0, 110.0  # surroundings brighter by this many levels, while the face is not bright itself
FEW_FRAMES = 15.0  # a second


def causes(report: FaceReport, width: int, refusal: str | None) -> list[str]:
    """Every message that applies to one frame with a face in a picture `width` pixels wide, weightiest first.

    `refusal`: why this frame is not measured, which weighs most.
    """
    tests = (
        (COME_CLOSER, report.distance < FAR or report.distance * width < FEW_PIXELS),
        (MOVE_BACK, report.distance > NEAR),
        (FACE_CAMERA, abs(report.turn) > MAX_TURN or abs(report.nod) > MAX_NOD),
        (HOLD_UPRIGHT, abs(report.roll) > MAX_ROLL),
        (MIDDLE, max(abs(report.offset[0]), abs(report.offset[1])) > OFF_CENTRE),
        (HOLD_STILL, report.movement > MAX_SPEED),
        (MORE_LIGHT, report.brightness < DARK),
        (LESS_LIGHT, report.brightness > BRIGHT),
        (BACKLIGHT, report.backlight > BEHIND and report.brightness < DIM),
        (SLOW_CAMERA, report.fps < FEW_FRAMES),
        (SEVERAL, report.n_faces > 1),
    )
    first = [] if refusal is None else [refusal]
    return first + [message for message, applies in tests if applies]


class Guidance:
    """Lets a message through once its cause has lasted `PERSIST` frames."""

    def __init__(self) -> None:
        self._lasted: Counter[str] = Counter()

    def reset(self) -> None:
        """Forget everything."""
        self._lasted.clear()

    def step(self, now: list[str]) -> tuple[str, ...]:
        """The messages to show for this frame, weightiest first."""
        self._lasted = Counter({message: self._lasted[message] + 1 for message in now})
        return tuple(message for message in now if self._lasted[message] >= PERSIST)
