"""Data sets as cases: the packaged folders (`images/` and `labels.csv`) and the public layouts they come from."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LESIONS = ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc")
# Diagnoses of PAD-UFES-20 in the words of HAM10000; squamous cell carcinoma has no class there, its in-situ form
# lies in akiec. Only carcinomas and melanoma count as malignant in phone photos; HAM10000 counts akiec too.
PAD_LESIONS = {"ACK": "akiec", "BCC": "bcc", "MEL": "mel", "NEV": "nv", "SCC": "akiec", "SEK": "bkl"}
PAD_MALIGNANT = ("BCC", "MEL", "SCC")
MALIGNANT = ("akiec", "bcc", "mel")


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled picture: its file, the group that must not be split, and what is known of it.

    `labels` maps a head's name to the index of the class; a head that is missing is not known for this picture.
    """

    path: Path
    group: str
    source: str
    labels: dict[str, int]
    details: dict[str, str] = field(default_factory=dict)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by the names in its first line."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def _first(folder: Path, *names: str) -> Path | None:
    return next((folder / name for name in names if (folder / name).exists()), None)


def ham10000(folder: Path) -> Iterator[Case]:
    """HAM10000: `metadata.csv` or `HAM10000_metadata(.csv)` beside pictures named by image_id, in any sub-folder."""
    table = _first(folder, "metadata.csv", "HAM10000_metadata.csv", "HAM10000_metadata")
    if table is None:
        return
    files = {path.stem: path for path in folder.rglob("*") if path.suffix.lower() in (".webp", ".jpg", ".png")}
    for row in rows(table):
        if row["image_id"] in files:
            labels = {"lesion": LESIONS.index(row["dx"]), "malignant": int(row["dx"] in MALIGNANT)}
            details = {key: row.get(key, "") for key in ("dx", "age", "sex", "localization")}
            yield Case(files[row["image_id"]], row["lesion_id"], "HAM10000", labels, details)


def pad_ufes(folder: Path) -> Iterator[Case]:
    """PAD-UFES-20: the packaged crops (`labels.csv`) or the original `metadata.csv` with `images/imgs_part_*`."""
    table = _first(folder, "labels.csv", "metadata.csv")
    if table is None:
        return
    files = {path.name: path for path in folder.rglob("*") if path.suffix.lower() in (".webp", ".jpg", ".png")}
    for row in rows(table):
        name = row.get("file") or row["img_id"]
        if name in files:
            what = row["diagnostic"]
            labels = {"lesion": LESIONS.index(PAD_LESIONS[what]), "malignant": int(what in PAD_MALIGNANT)}
            details = {"dx": what, "age": row.get("age", ""), "sex": row.get("gender", "").lower()}
            details["fitzpatrick"] = row.get("fitspatrick", "")
            yield Case(files[name], row["patient_id"], "PAD-UFES-20", labels, details)


def covid_ct(folder: Path) -> Iterator[Case]:
    """COVID-CT: the packaged folder, or the original `CT_COVID` and `CT_NonCOVID` folders with its patient tables."""
    if (folder / "labels.csv").exists():
        for row in rows(folder / "labels.csv"):
            label = {"covid": int(row["label"] == "COVID")}
            yield Case(folder / "images" / row["file"], row["patient"], "COVID-CT", label, {"split": row["split"]})
        return
    for name, covid in (("CT_NonCOVID", 0), ("CT_COVID", 1)):
        for path in sorted(folder.rglob(f"{name}/*")):
            # The original tables are not needed: the names carry the paper's figure, one patient each.
            patient = re.sub(r"[-_%].*$", "", path.stem)
            yield Case(path, f"{name}:{patient}", "COVID-CT", {"covid": covid})


def sars_cov2_ct(folder: Path) -> Iterator[Case]:
    """SARS-CoV-2 CT-scan: the packaged folder, or the original `COVID` and `non-COVID` folders.

    Neighbouring numbers show the same patient, so files go by blocks of numbers, both classes together.
    """
    if (folder / "labels.csv").exists():
        for row in rows(folder / "labels.csv"):
            label = {"covid": int(row["label"] == "COVID")}
            yield Case(folder / "images" / row["file"], f"block {row['block']}", "SARS-CoV-2", label)
        return
    for name, covid in (("non-COVID", 0), ("COVID", 1)):
        for path in sorted(folder.rglob(f"{name}/*")):
            found = re.search(r"\((\d+)\)", path.stem)
            block = int(found.group(1)) // 125 if found else 0
            yield Case(path, f"block {block}", "SARS-CoV-2", {"covid": covid})


def eye_cataract(folder: Path) -> Iterator[Case]:
    """Outer-eye photographs with and without a cataract, several augmented copies an eye."""
    for row in rows(folder / "labels.csv"):
        label = {"cataract": int(row["label"] == "cataract")}
        yield Case(folder / "images" / row["file"], row["group"], "eye_cataract", label)


def eye_redness(folder: Path) -> Iterator[Case]:
    """Outer-eye photographs, healthy or infected."""
    for row in rows(folder / "labels.csv"):
        label = {"redness": int(row["label"] == "infected")}
        yield Case(folder / "images" / row["file"], row["group"], "eye_redness", label)


def aptos(folder: Path) -> Iterator[Case]:
    """APTOS 2019: packaged and filtered (`labels.csv`: file, grade), or original (`train.csv`: id_code, diagnosis)."""
    if (folder / "labels.csv").exists():
        for row in rows(folder / "labels.csv"):
            label = {"retinopathy": int(row["grade"])}
            yield Case(folder / "images" / row["file"], row["file"], "APTOS (filtered)", label)
    elif (folder / "train.csv").exists():
        for row in rows(folder / "train.csv"):
            path = folder / "train_images" / f"{row['id_code']}.png"
            yield Case(path, row["id_code"], "APTOS", {"retinopathy": int(row["diagnosis"])})


def fundus_colour(folder: Path) -> Iterator[Case]:
    """Plain colour fundus: ODIR-5K rows carry a diagnosis, EyePACS rows a grade of retinopathy."""
    for row in rows(folder / "labels.csv"):
        label = {}
        if row["source"] == "EyePACS":
            label["retinopathy"] = int(float(row["grade"]))
        else:
            label["fundus_cataract"] = int(row["label"] == "cataract")
        details = {"diagnosis": row["label"]}
        yield Case(folder / "images" / row["file"], row["patient"], row["source"], label, details)


def odir(folder: Path) -> Iterator[Case]:
    """ODIR-5K as published: `full_df.csv` (filename, labels, ID) beside `preprocessed_images`."""
    for row in rows(folder / "full_df.csv"):
        found = row["labels"].strip("[]'\"")
        yield Case(
            folder / "preprocessed_images" / row["filename"],
            f"od_{row['ID']}",
            "ODIR-5K",
            {"fundus_cataract": int(found == "C")},
            {"diagnosis": found},
        )


Adapter = Callable[[Path], Iterator[Case]]
# Folder name (as packaged or as published) -> adapter, by check.
SETS: dict[str, dict[str, Adapter]] = {
    "skin": {
        "skin_ham10000": ham10000,
        "HAM10000": ham10000,
        "skin_pad_ufes": pad_ufes,
        "PAD-UFES-20": pad_ufes,
    },
    "lung_ct": {
        "ct_covid_ucsd": covid_ct,
        "COVID-CT": covid_ct,
        "ct_sars_cov2": sars_cov2_ct,
        "SARS-CoV-2": sars_cov2_ct,
    },
    "outer_eye": {"eye_cataract": eye_cataract, "eye_redness": eye_redness},
    "fundus": {
        "fundus_aptos_filtered": aptos,
        "APTOS": aptos,
        "fundus_colour": fundus_colour,
        "ODIR-5K": odir,
    },
}


def cases(check: str, data: Path) -> list[Case]:
    """Every labelled picture for `check` that folder `data` holds, in a fixed order.

    Raises FileNotFoundError when none of the known folders is there.
    """
    found = [case for name, adapter in SETS[check].items() if (data / name).is_dir() for case in adapter(data / name)]
    if not found:
        raise FileNotFoundError(f"no data for {check}: looked for {', '.join(SETS[check])}")
    return found
