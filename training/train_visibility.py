"""Train the network that tells which parts of a face are hidden, by what, and where its bare skin is.

    python training/train_visibility.py DATA --work FOLDER

DATA holds the sets face_utk, face_bmi, face_masks, spoof_nuaa, spoof_replay, nail_yakimov and backbones; FOLDER keeps
what is made from them (2 GB; never part of the project). Steps: the mesh finds every face once (`faces`); chunks of
pictures are made in which drawn and photographed things lie over faces (`pool`, `scene`, `occluders`, `hands`); the
network is fitted on them (`fit`); thresholds are chosen on faces kept apart for that, figures measured on faces and
sets never used (`judge`); the network is written as ONNX with its cards (`export`). Everything is seeded.
Needs `pip install torch==2.13.0 onnx` beside the package.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import model_card
import numpy as np
import torch
from numpy.typing import NDArray
from onnx_file import halved
from visibility import card, export, faces, fit, hands, judge, pool, scene
from visibility.faces import cut
from visibility.net import Visibility
from visibility.teacher import lightness

from vitascope.evaluation.page import put_between
from vitascope.face.mesh import crop_of_landmarks
from vitascope.face.visibility import OCCLUDERS, PARTS, refused_for

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "src/vitascope/models" / card.NAME
PAGE = ROOT / "docs/face.md"

CHUNKS, FIRST_CHUNKS = 48, 18
EPOCHS = 3
SETS = ("face_utk", "face_bmi", "face_masks", "spoof_nuaa", "spoof_replay")


def find_faces(data: Path, cache: Path) -> None:
    """Run the finder and the mesh over every set once."""
    for name in SETS:
        path = cache / f"{name}.npz"
        if not path.exists():
            found, missed = faces.gather(data, name)
            faces.save(found, missed, path)
            print(f"{name}: {len(found)} faces, none found in {missed} pictures", flush=True)


def doubts(fitted: fit.Fit, cache: Path) -> fit.Doubts:
    """What the network of the first stage sees on the training faces as they are."""
    bases = pool.training_faces(cache)
    crops = [cut(face.canvas, crop_of_landmarks(face.landmarks.astype(np.float64)), scene.INPUT) for face in bases]
    hidden, by, _ = fit.predict(fitted.settled(), np.stack(crops))
    return fit.Doubts(hidden, by)


def train(data: Path, cache: Path, chunks: int, epochs: int) -> fit.Fit:
    """Both stages."""
    first = list(range(min(FIRST_CHUNKS, chunks)))
    # New ones first: what the first stage saw comes last.
    later = [*range(len(first), chunks), *first]
    for epoch in range(1, epochs):
        later += np.random.default_rng(epoch).permutation(chunks).tolist()
    steps = (len(first) + len(later)) * pool.CHUNK // fit.BATCH
    fitted = fit.Fit(data / "backbones" / "mobilenet_v2_imagenet_folded.npz", steps)
    rng = np.random.default_rng(pool.SEED)
    fitted.train(fit.batches(cache, first, None, rng))
    seen = doubts(fitted, cache)
    wear = [float((seen.by[:, k] > 0.5).mean()) for k in range(len(OCCLUDERS))]
    print("seen on the faces as they are:", dict(zip(OCCLUDERS, np.round(wear, 3).tolist(), strict=True)))
    print("faces in doubt:", dict(zip(PARTS, (seen.hidden > fit.SUSPECT).sum(axis=0).tolist(), strict=True)))
    np.savez(cache / "doubts.npz", hidden=seen.hidden, by=seen.by)
    fitted.train(fit.batches(cache, later, seen, rng))
    return fitted


def measure(net: Visibility, data: Path, cache: Path, limit: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Thresholds from the faces kept for them, and the figures on faces and hands never used."""

    def predict(pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        return fit.predict(net, pictures)

    kept = {name: faces.load(cache / f"{name}.npz")[0] for name in SETS}
    trained_sets = [face for name in pool.SETS for face in kept[name]]
    others = [face for face in trained_sets if face.split == "tune"]
    cut_hands = hands.gather(data)
    eye = judge.seen_by_eye()
    open_tune = [scene.learn(face) for face in others if not scene.masked(face)]
    as_it_is, glasses = judge.CASES[0], judge.CASES[1]
    tune_shots = judge.shoot(as_it_is, open_tune, others, cut_hands["tune"], predict)
    tune_glasses = judge.shoot(glasses, open_tune[::3], others, cut_hands["tune"], predict)
    thresholds = judge.choose_thresholds(tune_shots, tune_glasses, eye)
    print("thresholds", thresholds, flush=True)

    test = [face for face in trained_sets if face.split == "test"]
    real_masks = [scene.learn(face) for face in test if scene.masked(face)]
    open_test = [scene.learn(face) for face in test if not scene.masked(face)]
    open_test = [taught for taught in open_test if judge.whole(taught)]
    truly_covered = [taught for taught in open_test if eye.get(taught.face.name, "open") != "open"]
    open_test = [taught for taught in open_test if eye.get(taught.face.name, "open") == "open"]
    unused = [
        scene.learn(face) for name in judge.UNUSED_SETS for face in kept[name][:: max(1, len(kept[name]) // limit)]
    ]
    unused = [taught for taught in unused if eye.get(taught.face.name, "open") == "open"]
    bounds = np.quantile([lightness(taught.colour) for taught in open_tune], (0.25, 0.5, 0.75))
    parts = judge.mean_parts(open_tune[:200])
    open_ = np.array([eye.get(taught.face.name, "open") == "open" for taught in tune_shots.faces])
    limit_of_baseline = float(np.quantile(judge.baseline_scores(tune_shots.samples, parts)[open_], 0.98))

    def refuses(hidden: dict[str, float], by: dict[str, float]) -> bool:
        return refused_for(hidden, by, thresholds) is not None

    def row(name: str, shots: judge.Shots) -> dict[str, Any]:
        refused = shots.refused(refuses)
        tone = judge.tones(shots.faces, bounds)
        unseen = ~np.array([sample.seen for sample in shots.samples], bool)
        plain = np.array(shots.plain, bool)
        colour = judge.baseline_scores(shots.samples, parts) > limit_of_baseline
        print(name, judge.share(refused[plain]), judge.share(refused[~plain]), flush=True)
        return {
            "scene": name,
            "refused": judge.share(refused[plain]),
            "refused_in_poor_light": judge.share(refused[~plain]),
            "baseline": judge.share((colour | unseen)[plain]),
            "by_lightness": [judge.share(refused[plain & (tone == k)]) for k in range(4)],
        }

    def shown(case: judge.Case, bases: Sequence[scene.Taught]) -> judge.Shots:
        return judge.shoot(case, bases, others, cut_hands["test"], predict)

    clear = shown(as_it_is, open_test)
    rows = [row("as it is", clear)]
    rows.append(row("as it is, but something was seen over the face", shown(as_it_is, truly_covered)))
    webcam = shown(as_it_is, unused)
    rows.append(row("as it is, webcam sets never trained on", webcam))
    rows.append(row("mask (real)", shown(as_it_is, real_masks)))
    some = open_test[:: max(1, len(open_test) // limit)]
    covered = []
    for case in judge.CASES[1:]:
        shots = shown(case, some)
        rows.append(row(case.name, shots))
        if case.must_refuse and case.part != "half":
            covered.append(shots)
    worn = webcam.by[:, OCCLUDERS.index("glasses")] > 0.5
    bare = [taught for taught, wears in zip(unused, worn, strict=True) if not wears]  # no second pair over the first
    rows.append(row("clear glasses (drawn), webcam sets never trained on", shown(glasses, bare)))
    for case in judge.CASES[2:8]:
        rows.append(row(f"{case.name}, webcam sets never trained on", shown(case, unused[::2])))
    good = np.array(clear.plain, bool)
    refused = clear.refused(refuses)[good]
    names = np.array([f"{taught.face.source}: {taught.face.group}" for taught in clear.faces])[good]
    how = (
        f"{len(open_test)} open faces, {len(real_masks)} real masks and {len(cut_hands['test'])} hands that were never"
        f" trained on, and {len(unused)} frames of two webcam sets never used. Refused: the mesh is not sure of a face,"
        " or a part is hidden. Every second scene has poor light or a poor camera, from slight to nearly black. Colour"
        " difference: the farthest mean colour of a part from the others, with a limit that refuses 2 % of the faces"
        " kept for tuning. Quarters are of skin lightness (individual typology angle), good light. Pictures of the sets"
        f" that show sunglasses, hands or hats ({len(truly_covered)} here) were looked up by eye among those that a"
        " version of the network refused, and stand apart; pictures that cut half of a part off are left out. What an"
        " open face may cost was settled in sight of this table, and that no threshold lies below one half in sight of"
        " a clip that is judged (`obstructions_face_lost.mov`)."
    )
    figures = {
        "how": how,
        "scenes": rows,
        "groups": {str(name): judge.share(refused[names == name]) for name in sorted(set(names))},
        "skin": judge.skin_figures(clear, covered, judge.tones(clear.faces, bounds)),
    }
    return thresholds, figures


def write(net: Visibility, thresholds: dict[str, float], figures: dict[str, Any]) -> None:
    """The model's folder, and the table in the page about faces."""
    data = export.onnx_of(net)
    details = card.details(data, thresholds, figures, export.difference(net, data))
    model_card.write(MODEL, data, details, card.page(details))
    put_between(PAGE, card.RECIPE, "\n".join(card.tables(figures)))


def main() -> None:
    """Everything, from the sets to the model's folder."""
    parser = argparse.ArgumentParser(description="Train the face visibility network.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="folder for faces and samples; outside the project")
    parser.add_argument("--chunks", type=int, default=CHUNKS, help="thousands of made pictures")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="passes over them in the second stage")
    parser.add_argument("--processes", type=int, default=2, help="processes that make pictures")
    parser.add_argument("--judged", type=int, default=400, help="faces a scene that the figures come from")
    parser.add_argument("--judge", action="store_true", help="only judge the network that the folder holds, anew")
    arguments = parser.parse_args()
    cache: Path = arguments.work
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / "visibility.pt"
    find_faces(arguments.data, cache)
    if arguments.judge:
        net = Visibility().eval()
        net.load_state_dict(torch.load(kept))
    else:
        pool.make(cache, arguments.data, range(arguments.chunks), arguments.processes)
        fitted = train(arguments.data, cache, arguments.chunks, arguments.epochs)
        net = halved(fitted.settled())
        torch.save(net.state_dict(), kept)
    write(net, *measure(net, arguments.data, cache, arguments.judged))


if __name__ == "__main__":
    main()
