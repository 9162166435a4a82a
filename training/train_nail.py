"""Train the two networks of the nail check: the detector of nails, and what reads haemoglobin from their colour.

    python training/train_nail.py DATA --work FOLDER [--only detector|hb]

DATA holds nail_yakimov, backbones and the sets whose pictures serve as grounds without a nail; FOLDER keeps the
detector between rounds (never part of the project). The detector is fitted on made scenes (`scenes`) from the sessions
of folds 0 to 6, looked at on fold 7, judged on folds 8 and 9. The reader is a ridge regression on inner layers and
colours (`regress`); every figure of it is of sessions kept apart in turn. Needs `pip install torch==2.13.0 onnx
scikit-learn` beside the package; a CPU takes about an hour and a half, nearly all of it for the detector.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import model_card
import numpy as np
import torch
from nail import (
    bare,
    card,
    covers,
    detector_graph,
    fit,
    hb_graph,
    heads,
    judge,
    near,
    photos,
    regress,
    report,
    scenes,
    versions,
)
from nail.hb_net import LIGHT, Features, Haemoglobin
from nail.net import NailNet
from numpy.typing import NDArray

from vitascope.training.export import session

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "src/vitascope/models"
# Steps and the weight of the boxes in the loss, round by round: first where nails are, then how large.
ROUNDS = ((1000, 1.0), (2000, 3.0), (1400, 3.0))
THRESHOLD = 0.4
TOLERANCE = 1.5  # g/dL that a confidence speaks of
AXES = 32  # of the space in which strangeness is measured
PIECE = {"dtype": "float32"}
DETECTOR_LIMITS = (
    "Learned from hands on one pale rig, pasted on other grounds and under other light; few dark skins are among them.",
    "Learned with the three long fingers of each photo labelled; thumbs and toes may or may not be found.",
    "Nails of less than about 12 pixels are found less surely.",
)
HB_LIMITS = (
    "Learned from 198 people on one rig with one camera; another phone, light or skin tone may shift every value.",
    "Low values are read too high and high ones too low: the figures by band say by how much.",
    "Age, sex and skin tone of the people are not known, so errors within such groups are not known either.",
    "Polish, artificial nails, cold fingers and nail disease change the colour without changing the blood.",
)


def bases_of(hands: list[photos.Hand]) -> list[scenes.Base]:
    """With outlines."""
    return [scenes.Base.of(hand) for hand in hands]


def train_detector(data: Path, work: Path) -> NailNet:
    """The detector; every round is kept in `work` and not made again."""
    bases = bases_of([hand for hand in photos.hands(data) if hand.fold < 7])
    empty = [rgb for some in photos.without_nails(data, 150, False).values() for rgb in some]
    empty += photos.frames_of([data / "video/no_face_empty_room.mp4"], 12)
    maker = scenes.Maker(bases, empty)
    net = NailNet()
    net.start_from(data / "backbones/mobilenet_v2_imagenet_folded.npz")
    for k, (steps, weight) in enumerate(ROUNDS, 1):
        kept = work / f"detector{k}.pt"
        if kept.exists():
            net.load_state_dict(torch.load(kept))
        else:
            net = fit.fit(maker, net, steps, k, box_weight=weight)
            torch.save(net.state_dict(), kept)
    net.eval()
    return net


def certify_detector(data: Path, net: NailNet) -> tuple[bytes, dict[str, Any]]:
    """Its file and card."""
    file = detector_graph.onnx_of(net)
    detector = session(file)
    hands = photos.hands(data)
    none = photos.without_nails(data, 60, True)
    found = {
        name: [sum(judge.found(detector, r)[2][0] >= THRESHOLD for r in some), len(some)] for name, some in none.items()
    }
    figures = {
        "chosen": judge.figures(detector, [hand for hand in hands if hand.fold == 7], THRESHOLD),
        "held": judge.figures(detector, [hand for hand in hands if hand.fold >= 8], THRESHOLD),
        "without_nails": {name: [int(n) for n in pair] for name, pair in found.items()},
    }
    most = detector_graph.MOST
    parity = boxes_apart(file, net, hands[:10])
    made = card.common("nail_detector", "Find fingernails and the skin beside each.", file, DETECTOR_LIMITS, parity)
    return file, made | {
        "inputs": {"picture": model_card.PICTURE},
        "outputs": {
            "nails": {"shape": [most, 4], **PIECE, "meaning": "left, top, right, bottom of each nail in fractions"},
            "skins": {"shape": [most, 4], **PIECE, "meaning": "the same of the skin beside it"},
            "score": {"shape": [most], **PIECE, "meaning": "how sure, best first"},
        },
        "threshold": THRESHOLD,
        "figures": figures,
    }


def strangeness(rows: NDArray[np.float64], model: regress.Linear) -> dict[str, NDArray[np.float64]]:
    """Axes and unit of the distance from the nails taught: 1 is what one nail in a hundred of them exceeds."""
    unit = (rows - model.centre) / model.scale
    _, spread, axes = np.linalg.svd(unit - unit.mean(axis=0), full_matrices=False)
    axes = axes[:AXES].T / (spread[:AXES] / np.sqrt(len(unit)))
    far = np.sqrt((((unit - unit.mean(axis=0)) @ axes) ** 2).mean(axis=1))
    return {
        "centre": model.centre + unit.mean(axis=0) * model.scale,
        "scale": model.scale,
        "axes": axes,
        "usual": np.array(np.percentile(far, 99)),
    }


def train_reader(data: Path) -> tuple[bytes, dict[str, Any]]:
    """The reader's file and card."""
    network = Features().start_from(data / "backbones/efficientnetv2_b0_imagenet_folded.npz").eval()
    hands = photos.hands(data)
    hb, sessions = np.array([hand.hb for hand in hands]), np.array([hand.session for hand in hands])
    bases = bases_of(hands)
    maker = scenes.Maker(bases, [rgb for some in photos.without_nails(data, 60, False).values() for rgb in some])
    seen = versions.see(bases, maker, network)
    taught = [seen[kind].features for kind in versions.TAUGHT]
    said = regress.nested(taught, {kind: one.features for kind, one in seen.items()}, hb, sessions)
    median = np.array([np.median(hb[sessions != session]) for session in sessions])
    model, strength = regress.fitted(taught, hb, sessions)
    nails = np.concatenate([rows.reshape(-1, rows.shape[2]) for rows in taught])
    plain = {kind: one.features for kind, one in seen.items()}
    hidden = bare.painted(bases, maker, network)
    covered = bare.judged(plain, hidden, bare.named(bases, network), np.array([hand.fold for hand in hands]))
    bare_weight, bare_bias = bare.fitted(list(plain.values()), list(hidden.values()))
    head = strangeness(nails, model) | {
        "weight": model.slopes / model.scale,
        "bias": np.array(model.level - float((model.centre / model.scale) @ model.slopes)),
        "bare_weight": bare_weight,
        "bare_bias": np.array(bare_bias),
    }
    reader = Haemoglobin(network, head).eval()
    file = hb_graph.onnx_of(reader)
    light = np.concatenate([seen[kind].light.reshape(-1, len(LIGHT)) for kind in ("as it is", "light")])
    strange = np.concatenate([one.light.reshape(-1, len(LIGHT)) for one in seen.values()])
    error = {kind: np.percentile(np.abs(said[kind] - hb), 90) for kind in ("as it is", "strange light")}
    far = {kind: distances(one.features, head) for kind, one in seen.items()}
    figures = report.whole(said, median, hb, sessions)
    ways = heads.compared(taught, seen["as it is"].features, hb, sessions, shipped=said["as it is"])
    figures["by_way"] = {name: report.errors(values, hb) for name, values in ways.items()}
    figures["bare"] = covered
    first = figures["by_version"]["as it is"]
    made = card.common(
        "nail_hb", "Estimate haemoglobin from the colour of fingernails.", file, HB_LIMITS, apart(file, reader, data)
    )
    return file, made | {
        "inputs": {
            "picture": model_card.PICTURE,
            "nails": {"shape": ["N", 4], **PIECE, "meaning": "left, top, right, bottom of each nail in fractions"},
            "skins": {"shape": ["N", 4], **PIECE, "meaning": "the same of the skin beside it"},
        },
        "outputs": {
            "hb": {"shape": ["N"], **PIECE, "meaning": "g/dL that each nail says"},
            "distance": {
                "shape": ["N"],
                **PIECE,
                "meaning": "how unlike the nails taught; 1: one in a hundred is more so",
            },
            "bare": {"shape": ["N"], **PIECE, "meaning": "logit that the nail is bare: no polish, no glove"},
            "light": {"shape": ["N", len(LIGHT)], **PIECE, "meaning": ", ".join(LIGHT)},
        },
        "strength": strength,
        "light": list(LIGHT),
        "light_usual": limits(light, 1),
        "light_limits": limits(strange, 0.1),
        "poor_light_widens": round(max(1.0, float(error["strange light"] / error["as it is"])), 3),
        "tolerance": TOLERANCE,
        "alike": near.table(said["as it is"], hb),
        "least_bare": covered["least"],
        "distance_limit": round(float(max(np.percentile(d, 99.9) for d in far.values())), 3),
        "distance_99": {kind: round(float(np.percentile(d, 99)), 3) for kind, d in far.items()},
        "summary": (
            f"On {len(hb)} people whose session the model never saw the mean error was {first['mae']:.1f} g/dL, and the"
            f" interval held the value of {100 * figures['interval_covers_people']:.0f} % of them."
        ),
        "figures": figures,
    }


def distances(features: NDArray[np.float64], head: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """As the file computes them."""
    far = (features - head["centre"]) / head["scale"] @ head["axes"]
    return np.asarray(np.sqrt((far**2).mean(axis=-1)) / head["usual"]).ravel()


def limits(light: NDArray[np.float64], outside: float) -> dict[str, list[float]]:
    """From which to which value each figure of the light goes, but for `outside` percent at each end."""
    low, high = np.percentile(light, (outside, 100 - outside), axis=0)
    return {name: [round(float(a), 4), round(float(b), 4)] for name, a, b in zip(LIGHT, low, high, strict=True)}


def boxes_apart(file: bytes, net: NailNet, hands: list[photos.Hand]) -> float:
    """The largest difference of a score or of a box's edge (in fractions) between file and module on these photos,
    made as large as the module sees them."""
    opened, module = session(file), detector_graph.Decoded(net)
    worst = 0.0
    for hand in hands:
        small = np.asarray(cv2.resize(hand.rgb, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)
        with torch.no_grad():
            nails, _, score = module(torch.from_numpy(small).permute(2, 0, 1)[None].float())
        got_nails, _, got_score = judge.found(opened, small)
        sure = got_score >= THRESHOLD
        sides = np.array([320, 240] * 2)
        worst = max(
            worst,
            float(np.abs(score.numpy() - got_score)[sure].max()),
            float(np.abs(nails.numpy() - got_nails / sides)[sure].max()),
        )
    return worst


def apart(file: bytes, reader: Haemoglobin, data: Path) -> float:
    """The largest difference in g/dL between the file and the module on ten photos."""
    cutter, opened = hb_graph.cutter(), session(file)
    worst = 0.0
    for hand in photos.hands(data)[:10]:
        sides = np.array([hand.rgb.shape[1], hand.rgb.shape[0]] * 2)
        boxes = {"nails": (hand.nails / sides).astype(np.float32), "skins": (hand.skins / sides).astype(np.float32)}
        shown = {"picture": hand.rgb[None], **boxes}
        with torch.no_grad():
            hb, *_ = reader(*map(torch.from_numpy, cutter.run(None, shown)))
        worst = max(worst, float(np.abs(hb.numpy() - opened.run(["hb"], shown)[0]).max()))
    return worst


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only", choices=("detector", "hb"))
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    if asked.only != "detector":
        reader, read = train_reader(asked.data)
        model_card.write(MODELS / "nail_hb", reader, read, card.page(read, card.reader_tables(read)))
    if asked.only != "hb":
        file, made = certify_detector(asked.data, train_detector(asked.data, asked.work))
        model_card.write(MODELS / "nail_detector", file, made, card.page(made, card.detector_tables(made)))
    if asked.only != "detector":
        # The whole check, with the files as they are now.
        held = bases_of([hand for hand in photos.hands(asked.data) if hand.fold >= 8])
        read["figures"]["against_advice"] = covers.figures(held)
        model_card.write(MODELS / "nail_hb", reader, read, card.page(read, card.reader_tables(read)))


if __name__ == "__main__":
    main()
