# SPDX-License-Identifier: MIT
"""stats_peers.py quantiles FILE | moments FILE | kmeans D K FILE LABELS: what numpy and scikit-learn
take, in ms of the processor; an iteration's share for k-means, from the first K points."""
import sys
import time

import numpy as np


def best_of(times, run):
    best = 1e18
    for _ in range(times):
        begin = time.process_time()
        answer = run()
        best = min(best, time.process_time() - begin)
    return best * 1e3, answer


def quantiles(path):
    column = np.fromfile(path, dtype=np.uint64)
    percents = [50, 75, 90, 95, 99, 99.9, 99.99]
    took, answer = best_of(2, lambda: np.percentile(column, percents, method="inverted_cdf"))
    print(f"{took:.4f}")
    print(*answer, file=sys.stderr)


def moments(path):
    column = np.fromfile(path, dtype=np.uint64)
    took, answer = best_of(2, lambda: (column.mean(), column.std(ddof=1), column.min(), column.max()))
    print(f"{took:.4f}")
    print("%.17g" % answer[1], file=sys.stderr)


def fit(points, start, iterations):
    from sklearn.cluster import KMeans

    model = KMeans(len(start), init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd",
                   copy_x=False)
    took, _ = best_of(1, lambda: model.fit(points))
    return took, model


def kmeans(features, clusters, path, labels):
    """By what ten iterations more than one take; its labels come after the last move of centroids."""
    from threadpoolctl import threadpool_limits

    rows = np.fromfile(path, dtype=np.float32).reshape(-1, features)
    points = (np.rint(np.clip(rows, -128, 128) * 65536) / 65536).astype(np.float32)
    start = points[:clusters].copy()
    with threadpool_limits(1):
        once, first = fit(points, start, 1)
        took, last = fit(points, start, 11)
        labelled = fit(points, start, 10)[1]
    print(f"{(took - once) / (last.n_iter_ - first.n_iter_):.4f}")
    ours = np.fromfile(labels, dtype=np.uint32)
    print(np.mean(ours == labelled.labels_) * 100, last.n_iter_, file=sys.stderr)


if __name__ == "__main__":
    if sys.argv[1] == "kmeans":
        kmeans(int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:6])
    else:
        {"quantiles": quantiles, "moments": moments}[sys.argv[1]](sys.argv[2])
