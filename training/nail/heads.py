"""Ways to get from features to haemoglobin, compared on people whose session none of them saw.

Every way chooses its own strength within the sessions that teach it, as the shipped ridge does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nail import regress
from nail.hb_net import COLOURS
from nail.regress import Model, Way

Array = NDArray[np.float64]
Names = NDArray[np.str_]
AXES = 24  # of the inner layers, for what cannot use hundreds of features


def _searched(model: object, grid: dict[str, list[float]], x: Array, y: Array, groups: Names) -> Model:
    search = GridSearchCV(model, grid, scoring="neg_mean_absolute_error", cv=GroupKFold(5))
    search.fit(x, y, groups=groups)
    return lambda rows: np.asarray(search.predict(rows.reshape(-1, rows.shape[-1])).reshape(rows.shape[:-1]))


def _flat(taught: Sequence[Array], hb: Array, sessions: Names) -> tuple[Array, Array, Names]:
    """One row a person and version, as the ridge has it."""
    return (
        np.concatenate([rows.mean(axis=1) for rows in taught]),
        np.tile(hb, len(taught)),
        np.tile(sessions, len(taught)),
    )


def ridge_on(part: slice) -> Way:
    """The same on some of the features."""

    def way(taught: Sequence[Array], hb: Array, sessions: Names) -> Model:
        model, _ = regress.fitted([rows[..., part] for rows in taught], hb, sessions)
        return lambda rows: model(rows[..., part])

    return way


def kernel(taught: Sequence[Array], hb: Array, sessions: Names) -> Model:
    """Ridge regression with a Gaussian kernel."""
    x, y, groups = _flat(taught, hb, sessions)
    grid = {"kernelridge__alpha": [0.03, 0.1, 0.3, 1.0], "kernelridge__gamma": [3e-5, 1e-4, 3e-4]}
    middle = float(y.mean())
    model = _searched(make_pipeline(StandardScaler(), KernelRidge(kernel="rbf")), grid, x, y - middle, groups)
    return lambda rows: model(rows) + middle


def boosting(taught: Sequence[Array], hb: Array, sessions: Names) -> Model:
    """Gradient-boosted trees on the colours and the main axes of the inner layers."""
    x, y, groups = _flat(taught, hb, sessions)
    axes = PCA(AXES, whiten=True, random_state=1).fit(x[:, :-COLOURS])

    def seen(rows: Array) -> Array:
        flat = rows.reshape(-1, rows.shape[-1])
        reduced = np.hstack([flat[:, -COLOURS:], axes.transform(flat[:, :-COLOURS])])
        return np.asarray(reduced.reshape(*rows.shape[:-1], -1))

    trees = HistGradientBoostingRegressor(
        random_state=1, learning_rate=0.05, min_samples_leaf=20, l2_regularization=1.0
    )
    model = _searched(trees, {"max_iter": [60, 150], "max_leaf_nodes": [4, 8]}, seen(x), y, groups)
    return lambda rows: model(seen(rows))


def network(taught: Sequence[Array], hb: Array, sessions: Names) -> Model:
    """Three small networks of one hidden layer, their mean."""
    x, y, groups = _flat(taught, hb, sessions)
    level, spread = float(y.mean()), float(y.std())
    found = [
        _searched(
            make_pipeline(
                StandardScaler(), MLPRegressor(hidden_layer_sizes=(32,), max_iter=40, batch_size=64, random_state=seed)
            ),
            {"mlpregressor__alpha": [3.0, 30.0]},
            x,
            (y - level) / spread,
            groups,
        )
        for seed in range(3)
    ]
    return lambda rows: np.asarray(np.mean([model(rows) for model in found], axis=0) * spread + level)


WAYS: dict[str, Way] = {
    "ridge, colours alone": ridge_on(slice(-COLOURS, None)),
    "ridge, inner layers alone": ridge_on(slice(None, -COLOURS)),
    "kernel ridge": kernel,
    "gradient boosting": boosting,
    "small network": network,
}
SHIPPED = "ridge, both (shipped)"


def compared(taught: Sequence[Array], judged: Array, hb: Array, sessions: Names, *, shipped: Array) -> dict[str, Array]:
    """g/dL of every person (P,) by each way and by means of some, from models that never saw the person's session;
    what the shipped way says is known."""
    said = {SHIPPED: shipped}
    for name, way in WAYS.items():
        said[name] = regress.nested(taught, {name: judged}, hb, sessions, way)[name]
        print(f"compared {name}", flush=True)
    for others in (("kernel ridge",), ("gradient boosting",), ("small network",)):
        said[f"mean of ridge and {', '.join(others)}"] = np.mean([said[SHIPPED], *(said[n] for n in others)], axis=0)
    said["mean of all on both"] = np.mean(
        [said[n] for n in (SHIPPED, "kernel ridge", "gradient boosting", "small network")], axis=0
    )
    return said
