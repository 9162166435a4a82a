from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.skin import SKIN, beat_wave, face, skin_colour
from vitascope.errors import InputError
from vitascope.pulse.resample import resample
from vitascope.pulse.trace import Trace
from vitascope.report.reading import Reading
from vitascope.vitals.assess import assess, assess_waveform, measure_waves, wave_waves


def heart_rate(trace: Trace) -> Reading:
    return assess(trace).readings["heart_rate"]


def clock(kind: float | str, seconds: float) -> np.ndarray:
    random = np.random.default_rng(7)
    if kind == "jittered":
        time_s = np.sort(np.arange(int(30 * seconds)) / 30 + random.uniform(-0.012, 0.012, int(30 * seconds)))
        return time_s - time_s[0]
    if kind == "variable":
        time_s = np.cumsum(random.choice([1 / 60, 1 / 30, 1 / 20, 1 / 12], int(60 * seconds)))
        return time_s[time_s <= seconds]
    return np.arange(int(float(kind) * seconds)) / float(kind)


@pytest.mark.parametrize("kind", [15, 24, 30, 60, "jittered", "variable"])
@pytest.mark.parametrize("bpm", [40, 47.3, 60, 75.5, 96, 118.2, 150, 180, 200])
@pytest.mark.parametrize("seconds", [10, 30])
def test_known_rates_are_ok_and_within_half_a_beat(kind: float | str, bpm: float, seconds: float) -> None:
    time_s = clock(kind, seconds)
    reading = heart_rate(face(time_s, skin_colour(time_s, bpm)))
    assert reading.status == "ok"
    assert reading.value == pytest.approx(bpm, abs=0.5)
    assert reading.interval is not None
    assert reading.interval[0] <= bpm <= reading.interval[1]
    assert reading.loinc == "8867-4"


def still(n: int, fps: float) -> np.ndarray:
    return np.broadcast_to(SKIN, (n, 3)).copy()


def impulses(every: int, size: float, decay: float) -> np.ndarray:
    train = np.zeros(900)
    train[::every] = size
    return np.convolve(train, decay ** np.arange(30))[:900, None] + SKIN


SECONDS_30 = np.arange(900) / 30
NOT_A_PULSE = {
    "still": np.broadcast_to(SKIN, (900, 3)).copy(),
    "black": np.zeros((900, 3)),
    "drift": SKIN + np.linspace(0, 8, 900)[:, None] * [1, 0.8, 0.6],
    "step": SKIN + (SECONDS_30 > 12)[:, None] * 5.0,
    "flicker": SKIN * (1 + 0.01 * np.sin(2 * np.pi * 1.3 * SECONDS_30)[:, None]),
    "equal levels": SKIN + np.sin(2 * np.pi * 1.3 * SECONDS_30)[:, None],
    "warm light": SKIN * (1 + 0.01 * np.sin(2 * np.pi * 1.3 * SECONDS_30)[:, None] * [1, 0.9, 0.7]),
    "cool light": SKIN * (1 + 0.01 * np.sin(2 * np.pi * 1.3 * SECONDS_30)[:, None] * [0.7, 0.9, 1]),
    **{
        f"impulse every {every} of {size}, decay {decay}": impulses(every, size, decay)
        for every in (12, 48, 250)
        for size in (0.02, 2.0)
        for decay in (0.0, 0.8)
    },
}


@pytest.mark.parametrize("name", NOT_A_PULSE)
@pytest.mark.parametrize("seconds", [10, 30])
def test_no_pulse_no_value(name: str, seconds: int) -> None:
    n = 30 * seconds
    reading = heart_rate(face(SECONDS_30[:n], NOT_A_PULSE[name][:n]))
    assert reading.status == "withheld"
    assert reading.reason


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_never_ok(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = (300, 900)[seed % 2]
    spectrum = np.fft.rfft(random.normal(size=(n, 3, 3)), axis=0)
    colour = np.maximum(np.fft.rfftfreq(n, 1 / 30), 0.1)[:, None, None] ** (0.0, 0.5, 1.0)[seed % 3]
    wave = np.fft.irfft(spectrum / colour, n, axis=0)
    assert heart_rate(face(np.arange(n) / 30, SKIN + 0.5 * wave / wave.std())).status != "ok"


def test_more_noise_never_means_more_confidence() -> None:
    time_s = np.arange(600) / 30
    confidence = [
        np.mean(
            [heart_rate(face(time_s, skin_colour(time_s, 72, noise=noise, seed=s))).confidence or 0.0 for s in range(4)]
        )
        for noise in (0.02, 0.2, 0.5, 2.0)
    ]
    assert confidence == sorted(confidence, reverse=True)
    assert confidence[0] > 0.95
    assert confidence[-1] < 0.5


def test_a_lost_face_shortens_the_window_and_a_region_may_be_missing() -> None:
    time_s = np.arange(900) / 30
    rgb = np.repeat(skin_colour(time_s, 84)[:, None], 3, axis=1)
    rgb[:, 2] = np.nan
    rgb[:240] = np.nan
    assessment = assess(face(time_s, rgb))
    reading = assessment.readings["heart_rate"]
    assert reading.value == pytest.approx(84, abs=0.5)
    assert reading.window_s == pytest.approx(22, abs=0.2)


def test_a_face_seen_for_three_seconds_is_withheld() -> None:
    time_s = np.arange(450) / 30
    rgb = skin_colour(time_s, 84)
    rgb[90:] = np.nan
    reading = heart_rate(face(time_s, rgb))
    assert reading.status == "withheld"
    assert "face" in (reading.reason or "")


def test_never_seen_is_withheld() -> None:
    assert heart_rate(face(np.arange(450) / 30, np.full((450, 3), np.nan))).status == "withheld"


@pytest.mark.parametrize("bpm", [45, 72, 130])
def test_a_waveform_gives_rate_and_beats(bpm: float) -> None:
    wave = beat_wave(2 * np.pi * bpm / 60 * np.arange(3000) / 100)
    assessment = assess_waveform(wave, 100)
    assert assessment.readings["heart_rate"].value == pytest.approx(bpm, abs=0.2)
    assert len(assessment.waveforms["bvp"].marks_s) == pytest.approx(bpm / 2, abs=1)


def test_several_waves_are_fused() -> None:
    random = np.random.default_rng(3)
    wave = beat_wave(2 * np.pi * 64 / 60 * np.arange(900) / 30)
    columns = np.stack(
        [wave + random.normal(size=900), wave + random.normal(size=900), random.normal(size=900)], axis=1
    )
    assert assess_waveform(columns, 30).readings["heart_rate"].value == pytest.approx(64, abs=0.5)


def test_one_method_can_be_asked_for() -> None:
    time_s = np.arange(600) / 30
    trace = face(time_s, skin_colour(time_s, 72))
    for method in ("green", "chrom", "pos"):
        reading = assess(trace, method=method).readings["heart_rate"]
        assert reading.method == method
        assert reading.value == pytest.approx(72, abs=0.5)
    with pytest.raises(InputError, match="no pulse method"):
        assess(trace, method="magic")


@pytest.mark.parametrize(
    "trace",
    [
        Trace(np.arange(10) / 30, np.zeros((9, 1, 3)), ("a",)),
        Trace(np.arange(300) / 30, np.zeros((300, 3)), ("a",)),
        Trace(np.arange(300) / 30, np.zeros((300, 2, 3)), ("a",)),
        Trace(np.arange(300) / 30, np.zeros((300, 0, 3)), ()),
        Trace(np.arange(100) / 30, np.zeros((100, 1, 3)), ("a",)),
        Trace(np.arange(300)[::-1] / 30, np.zeros((300, 1, 3)), ("a",)),
        Trace(np.full(300, np.nan), np.zeros((300, 1, 3)), ("a",)),
        Trace(np.zeros(300), np.zeros((300, 1, 3)), ("a",)),
        Trace(np.zeros(0), np.zeros((0, 1, 3)), ("a",)),
        Trace(np.zeros(1), np.zeros((1, 1, 3)), ("a",)),
    ],
    ids=["lengths", "2-D", "names", "no region", "3 s", "backwards", "nan", "no duration", "empty", "one frame"],
)
def test_malformed_traces_get_one_sentence(trace: Trace) -> None:
    with pytest.raises(InputError) as caught:
        assess(trace)
    assert str(caught.value).count(".") <= 2


@pytest.mark.parametrize("fps", [0, -1, np.nan, np.inf])
def test_malformed_rates_get_one_sentence(fps: float) -> None:
    with pytest.raises(InputError):
        assess_waveform(np.zeros(300), fps)


@settings(max_examples=30, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(160, 320), st.integers(1, 2), st.just(3)), elements=st.floats(width=32)),
    st.floats(10, 30),
)
def test_anything_gives_finite_readings_or_one_sentence(rgb: np.ndarray, fps: float) -> None:
    try:
        assessment = assess(face(np.arange(len(rgb)) / fps, rgb))
    except InputError:
        return
    for reading in assessment.readings.values():
        assert reading.value is None or np.isfinite(reading.value)
    assert np.isfinite(assessment.waveforms["bvp"].samples).all()


@settings(max_examples=10, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(0.2, 1.5))
def test_the_clock_and_the_light_level_do_not_matter(shift: float, gain: float) -> None:
    time_s = np.arange(300) / 30
    rgb = skin_colour(time_s, 72, noise=0.1)
    plain = heart_rate(face(time_s, rgb))
    moved = heart_rate(face(time_s + shift, gain * rgb))
    assert plain.value is not None
    assert moved.value == pytest.approx(plain.value, abs=0.02)


@pytest.mark.recording
def test_a_real_face_against_its_finger(recordings: Path) -> None:
    """UBFC subject 10, 10-s windows 5 s apart, all counted: mean absolute error at most 1.0/min against the finger."""
    clip = np.load(recordings / "pulse/face_rgb/ubfc_subject10.npz")
    time_s, errors = clip["time_s"], []
    for start in np.arange(0, time_s[-1] - 10, 5):
        inside = (time_s >= start) & (time_s < start + 10)
        reading = heart_rate(face(time_s[inside], clip["rgb"][inside].astype(float)))
        finger = resample(time_s[inside], clip["ppg"][inside])
        truth = assess_waveform(finger.values, finger.fps).readings["heart_rate"]
        assert reading.value is not None
        assert truth.value is not None
        errors.append(abs(reading.value - truth.value))
    assert len(errors) == 12
    assert np.mean(errors) <= 1.0


@pytest.mark.recording
def test_confidence_separates_right_from_wrong_on_real_faces(recordings: Path) -> None:
    """Thirty-second windows of every fourth UBFC and PURE clip; the fit has seen them, so this guards, not proves."""
    ok, others = [], []
    for path in sorted((recordings / "pulse/face_waveforms").glob("*.npz"))[::4]:
        clip = np.load(path)
        waves = np.stack([clip[name][:900] for name in ("pos", "green", "lgi")], axis=1).astype(float)
        truth = measure_waves(wave_waves(clip["ppg"][:900].astype(float), 30), None).course.bpm
        reading = assess_waveform(waves, 30).readings["heart_rate"]
        if reading.status == "ok":
            assert reading.value is not None
            ok.append(abs(reading.value - truth))
        else:
            others.append(reading)
    assert len(ok) >= 9
    assert np.mean(ok) < 1.0


@pytest.mark.recording
@pytest.mark.parametrize("name", ["India_video10_rightcheek", "India_video1_leftcheek", "India_video37_forehead"])
@pytest.mark.parametrize("start", [0, 10, None])
def test_skin_whose_pulse_compression_destroyed_is_never_ok(recordings: Path, name: str, start: int | None) -> None:
    import av

    times, means = [], []
    with av.open(str(recordings / f"video/must_withhold/{name}.avi")) as container:
        for frame in container.decode(video=0):
            times.append(float(frame.time or 0.0))
            means.append(frame.to_ndarray(format="rgb24").mean(axis=(0, 1)))
    time_s, rgb = np.array(times), np.array(means)
    inside = np.ones(len(time_s), bool) if start is None else (time_s >= start) & (time_s < start + 10.1)
    assert heart_rate(face(time_s[inside], rgb[inside])).status != "ok"
