"""What each form of picture does to a fingertip's pulse: made 640x480 frames through Chromium's own encoders.

A red glowing field with a pulse of known amplitude in each channel is drawn in the browser, scaled and encoded as the
page does it, and decoded as the server does it. Compared with the frames' own mean colours: the heart rate, and how far
the oxygen model's figure would move. Writes its table into docs/page.md.
"""

from __future__ import annotations

import argparse
import base64
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from vitascope.demo.pulse import beat_times, pulse_wave
from vitascope.evaluation.page import put_between
from vitascope.measure import measure_trace
from vitascope.media.live_picture import decode_picture
from vitascope.vitals.oxygen import card, ratios

FPS, SECONDS, HEART_RATE = 30.0, 14.0, 72.0
AMPLITUDE = (0.008, 0.02, 0.015)
# Name, mean R, G, B, and sensor noise in grey levels.
LIGHTS = (
    ("red", (190, 40, 25), 2.0),
    ("white-balanced", (120, 110, 90), 2.0),
    ("balanced, quiet", (120, 110, 90), 0.7),
)
FORMS = (
    {"width": 80, "height": 60, "type": "image/png", "quality": None},
    {"width": 160, "height": 120, "type": "image/jpeg", "quality": 0.92},
    {"width": 160, "height": 120, "type": "image/jpeg", "quality": 1.0},
    {"width": 640, "height": 480, "type": "image/jpeg", "quality": 0.92},
)
ENCODE = """({ wave, level, amplitude, noise, forms }) => {
  const W = 640, H = 480;
  let state = 12345;
  const uniform = () => ((state = (state * 1664525 + 1013904223) >>> 0) + 1) / 4294967297;
  const grain = Float32Array.from({ length: 1 << 21 }, () =>
    noise * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
  const camera = Object.assign(document.createElement("canvas"), { width: W, height: H });
  const paint = camera.getContext("2d", { alpha: false, willReadFrequently: true });
  const picture = paint.createImageData(W, H);
  const glow = Float32Array.from({ length: W * H }, (_, i) =>
    1 - 0.35 * Math.hypot(Math.floor(i / W) / H - 0.3, (i % W) / W - 0.2));
  const sent = forms.map(({ width, height }) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    return { canvas, context: canvas.getContext("2d", { alpha: false, willReadFrequently: true }), files: [] };
  });
  const means = [];
  for (const beat of wave) {
    const sum = [0, 0, 0];
    let at = Math.floor(uniform() * grain.length);
    for (let i = 0; i < W * H; i++) {
      for (let c = 0; c < 3; c++) {
        at = (at + 1) % grain.length;
        const value = Math.round(glow[i] * level[c] * (1 - amplitude[c] * beat) + grain[at]);
        picture.data[4 * i + c] = value;
        sum[c] += picture.data[4 * i + c];
      }
      picture.data[4 * i + 3] = 255;
    }
    means.push(sum.map((s) => s / (W * H)));
    paint.putImageData(picture, 0, 0);
    for (const [k, form] of sent.entries()) {
      form.context.drawImage(camera, 0, 0, form.canvas.width, form.canvas.height);
      // Not toBlob, which a busy browser puts off: the same pixels, and only a PNG comes out a quarter larger.
      form.files.push(form.canvas.toDataURL(forms[k].type, forms[k].quality ?? undefined).split(",")[1]);
    }
  }
  return { means, sent: sent.map(({ files }) => files) };
}"""


def main() -> None:
    """Encode, decode, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, default=Path(__file__).parent.parent / "docs" / "page.md")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    page = parser.parse_args().page
    if program is None:
        raise SystemExit("Chromium is needed to encode the pictures.")
    time_s = np.arange(0.0, SECONDS, 1 / FPS)
    wave = pulse_wave(time_s, beat_times(SECONDS, HEART_RATE, 15.0, rsa=0.0), 15.0)
    lines = [
        f"{len(wave)} frames of 640x480 at {FPS:.0f} a second, pulse {HEART_RATE:.0f}/min, through Chromium:",
        "",
        "| light on the lens (R, G, B, noise) | picture | size | heart rate off by | oxygen moved by |",
        "|---|---|---|---|---|",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        tab.set_default_timeout(0)
        for name, level, noise in LIGHTS:
            made = {"wave": wave.tolist(), "level": level, "amplitude": AMPLITUDE, "noise": noise, "forms": FORMS}
            out = tab.evaluate(ENCODE, made)
            light = f"{name} ({', '.join(map(str, level))}, {noise:g})"
            own = np.array(out["means"])
            lines += [_line(light, form, own, sent, time_s) for form, sent in zip(FORMS, out["sent"], strict=True)]
        browser.close()
    put_between(page, "benchmarks/fingertip_pictures.py", "\n".join(lines))


def _line(light: str, form: dict[str, Any], own: np.ndarray, sent: list[str], time_s: np.ndarray) -> str:
    files = [base64.b64decode(file) for file in sent]
    seen = np.array([decode_picture(file).mean(axis=(0, 1)) for file in files])
    rate = measure_trace(seen, time_s, kind="finger").readings["heart_rate"].value
    off = "withheld" if rate is None else f"{rate - HEART_RATE:+.2f}/min"
    course = np.full(len(time_s), HEART_RATE / 60)
    before, now = ratios(own, FPS, course), ratios(seen, FPS, course)
    moved = sum(weight * np.log(now[name] / before[name]) for name, weight in card()["weights"].items())
    kind = "PNG" if form["quality"] is None else f"JPEG {form['quality']:g}"
    size = np.mean([len(file) for file in files]) / 1000
    return f"| {light} | {form['width']}x{form['height']} {kind} | {size:.1f} kB | {off} | {moved:+.1f} points |"


if __name__ == "__main__":
    main()
