"""nnrun learns as scikit-learn's MLPClassifier and MLPRegressor do. usage: training.py NNRUN FOLDER

From the same start, in the same order, both must come to the same outputs. From starts and in
orders of their own, they must score alike: on the same ten splits, zero lies within the 99.9 %
interval (Student's t, paired by split) of the difference. What `nnrun new config` writes, as it is,
must not score worse than scikit-learn's network, within the same interval and a hundredth."""
import json
import re
import struct
import sys
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

import peer

SEEDS, EPOCHS, ALPHA = 10, 100, 1e-4
T_95, T_999 = 2.262157, 4.780913  # of nine degrees of freedom
warnings.simplefilter("ignore", ConvergenceWarning)


class Task:
    """A data set, cut by a seed; numbers to predict are scaled, as scikit-learn advises."""

    def __init__(self, name, seed):
        self.names, x, t, self.words = peer.table(name)
        self.raw = train_test_split(x, t, test_size=0.2, random_state=seed, stratify=(
            t if self.words else None))
        scaler = StandardScaler().fit(self.raw[0])
        self.train, self.test = (scaler.transform(part) for part in self.raw[:2])
        self.mean, self.deviation = self.raw[2].mean(), self.raw[2].std()
        self.t = self.raw[2] if self.words else (self.raw[2] - self.mean) / self.deviation
        self.batch = min(200, len(self.t))
        self.binary = self.words is not None and len(self.words) == 2
        self.width = 1 if self.binary or not self.words else len(self.words)

    def peer_of(self, **settings):
        kind = MLPClassifier if self.words else MLPRegressor
        return kind(**{"max_iter": EPOCHS, "n_iter_no_change": 10 * EPOCHS, "alpha": ALPHA,
                       "batch_size": self.batch, **settings})

    def write(self, nnrun):
        """Writes train.csv and test.csv; a yes or no is a 0 or 1, for one output."""
        words = None if self.binary else self.words
        header = self.names + ["target"]
        peer.write_csv(nnrun.path("train.csv"), header, peer.numbers(self.raw[0], self.raw[2], words))
        peer.write_csv(nnrun.path("test.csv"), header, peer.numbers(self.raw[1], self.raw[3], words))

    def config(self, optimizer, more):
        output, cost = (("identity", "half_squared_error") if not self.words else
                        ("sigmoid", "binary_cross_entropy") if self.binary else
                        ("softmax", "cross_entropy"))
        read = ("target_scale: standard" if not self.words else "classes: []" if self.binary
                else f"classes: [{', '.join(self.words)}]")
        return (f"dtype: float64\ndata: {{type: csv, path: train.csv, test: test.csv, "
                f"targets: [target], scale: standard, {read}}}\n" +
                peer.network(self.train.shape[1], self.width, output, ALPHA / self.batch,
                             optimizer) +
                f"  cost: {cost}\n  epochs: {EPOCHS}\n  batch_size: {self.batch}\n" +
                f"metrics: [{'accuracy' if self.words else 'r2'}]\n" + more)

    def score(self, learned):
        """Returns the accuracy, or r2, of a network of scikit-learn's on the test rows."""
        if self.words:
            return learned.score(self.test, self.raw[3])
        return r2_score(self.raw[3], learned.predict(self.test) * self.deviation + self.mean)


def write_start(path, learned):
    """Writes a network of scikit-learn's as safetensors, for model.weights."""
    header, body = {}, b""
    for i, (weights, bias) in enumerate(zip(learned.coefs_, learned.intercepts_)):
        for name, values in [("weights", weights.T), ("bias", bias)]:
            data = np.ascontiguousarray(values, dtype="<f8").tobytes()
            header[f"dense_{i + 1}/{name}"] = {"dtype": "F64", "shape": list(values.shape),
                                               "data_offsets": [len(body), len(body) + len(data)]}
            body += data
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


SAME_STEPS = {  # settings of scikit-learn, optimizer of nnrun
    "sgd": ({"solver": "sgd", "learning_rate_init": 0.1, "momentum": 0},
            "{type: sgd, learning_rate: 0.1}"),
    "momentum": ({"solver": "sgd", "learning_rate_init": 0.05, "nesterovs_momentum": False},
                 "{type: momentum, learning_rate: 0.05}"),
    "nesterov": ({"solver": "sgd", "learning_rate_init": 0.05},
                 "{type: momentum, learning_rate: 0.05, nesterov: true}"),
    # epsilon is added to another root there: small enough, it does not count
    "adam": ({"epsilon": 1e-14}, "{type: adam, learning_rate: 0.001, epsilon: 1e-14}"),
}


def same_outputs(nnrun, name):
    """Returns how far the outputs for the test rows are apart after 100 epochs, by optimizer."""
    task, apart = Task(name, 1), {}
    rows = len(task.t) // 2 * 2  # two whole batches: the penalty there depends on their size
    task.raw[0], task.raw[2] = task.raw[0][:rows], task.raw[2][:rows]
    scaler = StandardScaler().fit(task.raw[0])
    task.train, task.test = scaler.transform(task.raw[0]), scaler.transform(task.raw[1])
    task.mean, task.deviation = task.raw[2].mean(), task.raw[2].std()
    task.t = task.raw[2] if task.words else (task.raw[2] - task.mean) / task.deviation
    task.batch = rows // 2
    task.write(nnrun)
    # a step that changes no bit: what was learned is the start
    start = task.peer_of(solver="sgd", learning_rate_init=1e-300, max_iter=1, random_state=1)
    write_start(nnrun.path("start.safetensors"), start.fit(task.train, task.t))
    for way, (settings, optimizer) in SAME_STEPS.items():
        learned = task.peer_of(shuffle=False, random_state=1, **settings).fit(task.train, task.t)
        config = task.config(optimizer, "").replace("train:\n", "train:\n  shuffle: false\n")
        nnrun.write("same.yaml", config.replace("model:\n", "model:\n  weights: start.safetensors\n"))
        run = f"same-{name}-{way}"
        nnrun("same.yaml", "-q", "--out", run)
        ours = nnrun.outputs(run, "test.csv", task.width)
        if task.words:
            theirs = learned.predict_proba(task.test)[:, -task.width:]
        else:
            theirs, ours = learned.predict(task.test), (ours[:, 0] - task.mean) / task.deviation
        apart[way] = float(np.abs(ours - theirs).max())
    return apart


def interval(values, t):
    """Returns the mean and half the width of its interval by Student's t."""
    return np.mean(values), t * np.std(values, ddof=1) / len(values) ** 0.5


def shown(values):
    mean, half = interval(values, T_95)
    return f"{mean:.4f} ± {half:.4f}"


def new_config(nnrun, task, name):
    """Returns the test score of what `new config` writes for the training rows, as it is."""
    words = task.words
    header = task.names + ["target"]
    peer.write_csv(nnrun.path("all.csv"), header, peer.numbers(task.raw[0], task.raw[2], words))
    peer.write_csv(nnrun.path("fresh.csv"), header, peer.numbers(task.raw[1], task.raw[3], words))
    nnrun("new", "config", "all.csv", "--out", f"{name}.yaml")
    nnrun(f"{name}.yaml", "-q", "--out", name)
    scores = nnrun.result("eval", name, "--data", "test=fresh.csv")
    return scores["accuracy" if words else "r2"]


def main(program, folder):
    nnrun, wrong = peer.Nnrun(program, folder), []
    print("largest difference of two outputs after 100 epochs from the same start")
    for name in peer.NAMES:
        apart = same_outputs(nnrun, name)
        print(f"  {name:14}", "  ".join(f"{way} {x:.0e}" for way, x in apart.items()))
        # rounding grows along the way: by what is seen, with room for other processors
        wrong += [f"{name}, {way}: outputs are {x:g} apart" for way, x in apart.items() if x > 1e-6]
    print(f"figure: {len(peer.NAMES) * len(SAME_STEPS)} runs with the outputs of scikit-learn")

    print(f"test accuracy or r2, {SEEDS} splits, 95 % intervals; paired: nnrun minus scikit-learn\n"
          f"  {'':14} {'scikit-learn':17} {'nnrun':17} {'paired':18} {'new config':17} paired")
    for name in peer.NAMES:
        theirs, ours, first = [], [], []
        for seed in range(1, SEEDS + 1):
            task = Task(name, seed)
            task.write(nnrun)
            theirs.append(task.score(task.peer_of(random_state=seed).fit(task.train, task.t)))
            nnrun.write("peer.yaml", task.config("{type: adam, learning_rate: 0.001}",
                                                 f"seed: {seed}\n"))
            scores = nnrun.result("peer.yaml", "-q", "--out", f"{name}-{seed}")["test"]
            ours.append(scores["accuracy" if task.words else "r2"])
            first.append(new_config(nnrun, task, re.sub("_", "-", f"new-{name}-{seed}")))
        by_split, at_first = np.subtract(ours, theirs), np.subtract(first, theirs)
        print(f"  {name:14} {shown(theirs)}   {shown(ours)}   {shown(by_split):18} "
              f"{shown(first)}   {shown(at_first)}", flush=True)
        mean, half = interval(by_split, T_999)
        if abs(mean) > half:
            wrong.append(f"{name}: {mean:+.4f} against scikit-learn, outside of ± {half:.4f}")
        mean, half = interval(at_first, T_999)
        if mean < -half - 0.01:
            wrong.append(f"{name}: new config scores {mean:+.4f} against scikit-learn")
    print(f"figure: {SEEDS * len(peer.NAMES)} runs that score as scikit-learn does")
    return "\n".join(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
