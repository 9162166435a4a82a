"""The words of a frame's row: a part counts as hidden where it would refuse the frame, and nowhere else."""

from __future__ import annotations

import pytest

from vitascope.face.report import FaceReport
from vitascope.face.table import COLUMNS, hidden_parts, row
from vitascope.face.visibility import PARTS, thresholds
from vitascope.face.watcher import Sight


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("away", [-0.02, 0.02])
def test_a_part_is_called_hidden_where_it_refuses(part: str, away: float) -> None:
    hidden = dict.fromkeys(PARTS, 0.01) | {part: thresholds()[part] + away}
    told = hidden_parts(Sight(0.0, found=True, report=FaceReport(0.99, hidden=hidden)))
    assert told == ((part,) if away > 0 else ())


def test_a_frame_without_a_face_has_every_column_and_no_words() -> None:
    told = row(Sight(0.5))
    assert tuple(told) == COLUMNS
    assert hidden_parts(Sight(0.5)) == ()
    assert not told["found"]
