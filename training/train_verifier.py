"""Train the network that looks once more at a face of which the mesh is not sure, because a mask hides half of it.

    python training/train_verifier.py DATA --work FOLDER

DATA holds the sets of faces (face_utk, face_bmi, face_masks), the sets of other pictures that a face may be mistaken
for (skin, CT, fundus, hands, eyelids) and backbones; FOLDER keeps the squares cut from them (4 GB; never part of the
project). Steps: what either finder proposes is cut out once (`verifier.squares`); the network is fitted on faces as
they are, with real and drawn masks, against proposals that are none, turned faces and squares beside a face
(`verifier.fit`); its zero is set on files kept for that; figures come from files never used. Everything is seeded.
Needs `pip install torch==2.13.0 onnx` beside the package.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import crop_net
import model_card
import numpy as np
import torch
from numpy.typing import NDArray
from onnx_file import halved
from torch import Tensor, nn
from verifier import squares as made
from verifier.fit import INPUT, IS_FACE, SHARES, Verifier, fit, shown
from verifier.squares import FACES, MASKED, OTHER, OTHERS, PLAIN, PROPOSED, ROOM, Squares
from visibility.faces import read, split
from visibility.judge import share

from vitascope.evaluation.page import put_between
from vitascope.face.finder import MAX_MISMATCH, MIN_SURE, BlazeFace, mismatch
from vitascope.face.mesh import crop_of_detection, crop_of_landmarks, place
from vitascope.face.verifier import MIN_BELIEF, NETWORK

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "src/vitascope/models" / NETWORK
PAGE = ROOT / "docs/face.md"
RECIPE = "training/train_verifier.py"
STEPS = 900
# Share of what the finders loosely propose on pictures without faces that may pass, on files kept for tuning.
FALSE = 0.004
LIMITS = (
    "Most faces are web portraits looking at the camera; a masked face seen from the side may still be missed.",
    "It says that a face is there, not whose, and not that it is alive: a photograph of a face passes.",
    "How sure it must be, how far the mesh may disagree, how large a face and how many looks count were settled while"
    " these figures of unused files were seen; elsewhere it may do slightly worse.",
    "Turned by more than about 45 degrees a face is no face to it; the tracker turns the picture instead.",
)


class Answer(nn.Module):  # type: ignore[misc]
    """One square to how likely it holds a face, (1,)."""

    def __init__(self, net: Verifier, offset: float) -> None:
        super().__init__()
        self.net, self.offset = net, offset

    def forward(self, pixels: Tensor) -> Tensor:
        return torch.sigmoid(self.net(pixels) + self.offset)


def asked(net: Verifier, squares: Squares, kind: str, seed: int) -> NDArray[np.float64]:
    """(N,) logits for each square of a kind, changed once as in training."""
    rng = np.random.default_rng(seed)
    source = {"drawn": [PLAIN], "turned": [PLAIN, MASKED], "beside": [PLAIN, MASKED]}.get(kind, [kind])
    chosen = np.flatnonzero(np.isin(squares.kind, source))
    if kind == "drawn":
        chosen = chosen[np.isfinite(squares.landmarks[chosen, 0, 0])]
    others = squares.canvas[squares.kind == OTHER]
    pictures = torch.stack([shown(squares, int(index), kind, others, rng) for index in chosen])
    with torch.inference_mode():
        rows = [net(part.permute(0, 3, 1, 2).float()).numpy() for part in pictures.split(100)]
    return np.concatenate(rows).astype(np.float64)


def zero(net: Verifier, tuned: Squares) -> float:
    """What to add to the logit so that MIN_SURE is where at most FALSE of the wrong proposals pass."""
    wrong = np.concatenate([asked(net, tuned, kind, seed) for kind in (PROPOSED, ROOM) for seed in range(2)])
    return float(np.log(MIN_SURE / (1 - MIN_SURE)) - np.quantile(wrong, 1 - FALSE))


def by_mesh(path: Path) -> bool:
    """Whether the mesh alone confirms a face: how it was before there was a verifier."""
    rgb = read(path)
    for face in made.proposals(rgb):
        landmarks, _ = place(rgb, crop_of_detection(face))
        landmarks, sure = place(rgb, crop_of_landmarks(landmarks))
        if face.score >= 0.2 and sure >= MIN_SURE and mismatch(face, landmarks) <= MAX_MISMATCH:
            return True
    return False


def judged(net: Verifier, offset: float, held: Squares, data: Path) -> dict[str, Any]:
    """Figures on files never used: of the network on squares, and of the whole finder on pictures."""
    limit = np.log(MIN_BELIEF / (1 - MIN_BELIEF)) - offset
    on_squares = [
        {"kind": kind, "face": kind in IS_FACE, "passed": share(asked(net, held, kind, 9) >= limit)} for kind in SHARES
    ]
    finder, rows = BlazeFace(), []
    for name in (*FACES, *OTHERS):
        files = [(path, label) for path, label in made.pictures(data, name) if split(path.name) == "test"]
        for wanted in sorted({label if name == "face_masks" else "" for _, label in files}):
            some = [path for path, label in files if wanted in ("", label)][:400]
            found = np.array([bool(finder.find(read(path))) for path in some])
            before = np.array([by_mesh(path) for path in some])
            row = {"set": name, "shows": wanted or ("face" if name in FACES else "no face")}
            rows.append(row | {"found": share(found), "by_mesh_alone": share(before)})
            print(rows[-1], flush=True)
    return {"squares": on_squares, "finder": rows}


def tables(figures: dict[str, Any]) -> list[str]:
    """The figures as Markdown."""

    def percent(value: dict[str, Any]) -> str:
        return f"{100 * value['share']:.1f} % (n {value['n']})"

    lines = ["| pictures never used in training | show | a face is found | by the mesh alone |", "|---|---|---|---|"]
    lines += [
        f"| {row['set']} | {row['shows']} | {percent(row['found'])} | {percent(row['by_mesh_alone'])} |"
        for row in figures["finder"]
    ]
    names = {
        MASKED: "real mask",
        "drawn": "drawn mask or scarf",
        PLAIN: "face as it is",
        PROPOSED: "proposed by a finder, no face",
        ROOM: "proposed by a finder in a drawn picture, or a room of the webcams that taught",
        OTHER: "anywhere on a picture without a face",
        "turned": "face turned by 90, 180 or 270 degrees",
        "beside": "beside a face, or far too large or small",
    }
    lines += ["", "| square, in any light | should pass | passed |", "|---|---|---|"]
    lines += [
        f"| {names[row['kind']]} | {'yes' if row['face'] else 'no'} | {percent(row['passed'])} |"
        for row in figures["squares"]
    ]
    return lines


def details(data: bytes, figures: dict[str, Any], parity: float) -> dict[str, Any]:
    """The contents of `card.json`."""
    task = "Tell whether an upright face, masked or not, fills a square of a picture."
    backbone = "blocks 1 to 13 of MobileNetV2 1.0, ImageNet (Apache-2.0); all but the first three refitted"
    meaning = "square around the face: centre x, y and side in pixels, angle in radians"
    return model_card.details(NETWORK, task, data, recipe=RECIPE, backbone=backbone) | {
        "inputs": {
            "picture": model_card.PICTURE,
            "crop": {"shape": [4], "dtype": "float32", "meaning": meaning},
        },
        "outputs": {"face": {"shape": [1], "dtype": "float32", "meaning": f"0..1; a face from {MIN_BELIEF} on"}},
        "data": model_card.sets(
            (
                ("face_utk", "UTKFace, aligned web portraits", "non-commercial research"),
                ("face_bmi", "portraits of public persons", "public listings"),
                ("face_masks", "faces with and without a mask", "public web set"),
                (", ".join(OTHERS), "pictures without faces", "as their own terms say; most research only"),
            )
        ),
        "parity": {"against": "PyTorch", "max_abs_difference": parity},
        "figures": figures,
        "limits": list(LIMITS),
    }


def main() -> None:
    """Everything, from the sets to the model's folder."""
    parser = argparse.ArgumentParser(description="Train the face verifier.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="folder for the squares; outside the project")
    parser.add_argument("--steps", type=int, default=STEPS)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    kept, weights = arguments.work / "squares.npz", arguments.work / "verifier.pt"
    if not kept.exists():
        made.save(made.gather(arguments.data), kept)
    squares = made.load(kept)
    if weights.exists():
        net = Verifier()
        net.load_state_dict(torch.load(weights))
        net.eval()
    else:
        net = fit(squares.of("train"), arguments.data / "backbones", arguments.steps, kept.with_name("part.pt"))
        torch.save(net.state_dict(), weights)
    halved(net)
    offset = zero(net, squares.of("tune"))
    answer = Answer(net, offset).eval()
    data = crop_net.onnx_of(answer, {"face": [1]}, INPUT, NETWORK)

    def predict(square: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        with torch.inference_mode():
            return [answer(torch.from_numpy(square).permute(0, 3, 1, 2)).numpy()[:, None]]

    parity = crop_net.difference(data, INPUT, predict)
    # The finder opens the file that is there, so it is written before the finder is judged.
    model_card.write(MODEL, data, details(data, {}, parity), "")
    figures = judged(net, offset, squares.of("test"), arguments.data)
    card = details(data, figures, parity)
    model_card.write(
        MODEL, data, card, "\n".join([*model_card.heading(card), *tables(figures), "", *model_card.ending(card)])
    )
    put_between(PAGE, RECIPE, "\n".join(tables(figures)))


if __name__ == "__main__":
    main()
