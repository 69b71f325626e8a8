"""nnrun's metrics are those of scikit-learn, to the last digits. usage: metrics.py NNRUN FOLDER

A network of one layer that hands its inputs on as outputs makes any prediction wanted: a column of a
table for each output. What `eval` says of it is compared with what scikit-learn says of the same."""
import sys
import warnings

import numpy as np
from sklearn import metrics as peers

import peer
from training import write_start

warnings.simplefilter("ignore")
AVERAGES = ["macro", "micro", "weighted"]
SHARES = {"precision": peers.precision_score, "recall": peers.recall_score, "f1": peers.f1_score}
AVERAGED = [f"{{type: {name}, average: {way}}}" for name in SHARES for way in AVERAGES]


class Identity:
    """A network for write_start: one layer whose outputs are its inputs."""

    def __init__(self, width):
        self.coefs_, self.intercepts_ = [np.eye(width)], [np.zeros(width)]


class Case:
    """Outputs y for targets t, in files; `said` is what nnrun says of them, by metric."""

    def __init__(self, nnrun, name, y, t, *, output="identity", cost, read="", metrics, classes=None):
        self.name, y = name, np.asarray(y, float).reshape(len(t), -1)
        width, inputs = y.shape[1], [f"y{i}" for i in range(y.shape[1])]
        targets = ["t"] if np.ndim(t) == 1 else [f"t{i}" for i in range(np.shape(t)[1])]
        rows = [[repr(float(x)) for x in row] + [str(x) for x in np.atleast_1d(truth)]
                for row, truth in zip(y, t)]
        # a training part in which every class occurs, whatever the test part has
        known = [["0.5"] * width + [str(x) for x in np.atleast_1d(truth)]
                 for truth in (classes if classes is not None else t)]
        peer.write_csv(nnrun.path("train.csv"), inputs + targets, known)
        peer.write_csv(nnrun.path("test.csv"), inputs + targets, rows)
        write_start(nnrun.path("start.safetensors"), Identity(width))
        nnrun.write("case.yaml", f"""dtype: float64
data: {{type: csv, path: train.csv, test: test.csv, targets: [{', '.join(targets)}]{read}}}
model:
  weights: start.safetensors
  input: {width}
  layers: [{{type: dense, units: {width}, activation: {output}}}]
train: {{cost: {cost}, epochs: 1, optimizer: {{type: sgd, learning_rate: 5e-324}}}}  # no step
metrics: [{', '.join(metrics)}]
""")
        nnrun("case.yaml", "-q", "--out", name)
        self.said = nnrun.result("eval", name)
        self.compared, self.wrong = 0, []

    def same(self, metric, theirs):
        """None is what is not defined."""
        ours = self.said[metric]
        self.compared += 1
        if isinstance(theirs, np.ndarray):
            good = np.array_equal(ours, theirs)
        elif theirs is None or ours is None:
            good = ours is theirs
        else:
            good = abs(ours - theirs) <= 4e-15 * max(1, abs(theirs))
        if not good:
            self.wrong.append(f"{self.name}: {metric} is {ours}, of scikit-learn {theirs}")




def binary(nnrun, name, p, t):
    case = Case(nnrun, name, p, t, cost="mean_squared_error", metrics=[
        "accuracy", "balanced_accuracy", "precision", "recall", "f1", "auc",
        "matthews_correlation", "cohen_kappa", "confusion_matrix"])
    answer = (np.asarray(p) > 0.5).astype(int)
    judge_classes(case, answer, t, [0, 1])
    any_yes = any(answer) or any(t)  # else not defined; a warning there
    for metric, score in SHARES.items():
        case.same(metric, score(t, answer, zero_division=0) if any_yes else None)
    case.same("auc", peers.roc_auc_score(t, p) if len(set(t)) == 2 else None)
    return case


def judge_classes(case, answer, t, labels):
    several = len(set(t)) > 1  # else balanced accuracy, kappa and matthews are not defined
    case.same("accuracy", peers.accuracy_score(t, answer))
    case.same("balanced_accuracy", peers.balanced_accuracy_score(t, answer) if several else None)
    case.same("matthews_correlation", peers.matthews_corrcoef(t, answer) if several else None)
    case.same("cohen_kappa", peers.cohen_kappa_score(t, answer) if several else None)
    case.same("confusion_matrix", peers.confusion_matrix(t, answer, labels=labels))


def classes(nnrun, name, p, t, n):
    case = Case(nnrun, name, p, t, cost="mean_squared_error", classes=list(range(n)),
                read=f", classes: {list(range(n))}", metrics=[
        "accuracy", "balanced_accuracy", "auc", "matthews_correlation", "cohen_kappa",
        "confusion_matrix", *AVERAGED, "{type: top_k_accuracy, k: 2}"])
    answer = np.argmax(p, axis=1)
    judge_classes(case, answer, t, list(range(n)))
    for metric, score in SHARES.items():
        for way in AVERAGES:
            case.same(f"{metric}(average={way})", score(t, answer, average=way, zero_division=0))
    case.same("auc", peers.roc_auc_score(np.eye(n)[t], p) if len(set(t)) == n else None)
    if n > 2 and all(len(set(row)) == n for row in p):  # ties count in favour here, as in Keras
        case.same("top_k_accuracy", peers.top_k_accuracy_score(t, p, k=2, labels=list(range(n))))
    return case


def probabilities(nnrun, name, x, t, n):
    """Outputs that a softmax, or a sigmoid of one output, makes of x: log_loss takes them."""
    x = np.asarray(x, float)
    if n == 2 and x.ndim == 1:
        case = Case(nnrun, name, x, t, output="sigmoid", cost="binary_cross_entropy",
                    metrics=["log_loss", "auc"])
        p = 1 / (1 + np.exp(-x))
        both = np.column_stack([1 - p, p])
        case.same("auc", peers.roc_auc_score(t, p))
    else:
        case = Case(nnrun, name, x, t, output="softmax", cost="cross_entropy",
                    classes=list(range(n)), read=f", classes: {list(range(n))}",
                    metrics=["log_loss", "auc"])
        e = np.exp(x - x.max(axis=1, keepdims=True))
        both = e / e.sum(axis=1, keepdims=True)
        case.same("auc", peers.roc_auc_score(t, both, multi_class="ovr") if len(set(t)) == n
                  else None)
    case.same("log_loss", peers.log_loss(t, both, labels=list(range(n)), eps=1e-44))
    return case


def labels(nnrun, name, p, t):
    case = Case(nnrun, name, p, t, cost="mean_squared_error",
                classes=[[1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 0, 0]], metrics=[
        "accuracy", "exact_match", "auc", *AVERAGED, "matthews_correlation",
        "cohen_kappa"])
    answer, t = (np.asarray(p) > 0.5).astype(int), np.asarray(t)
    case.same("accuracy", 1 - peers.hamming_loss(t, answer))
    case.same("exact_match", peers.accuracy_score(t, answer))
    case.same("auc", peers.roc_auc_score(t, p))
    for metric, score in SHARES.items():
        for way in AVERAGES:
            case.same(f"{metric}(average={way})", score(t, answer, average=way, zero_division=0))
    by_label = [(t[:, c], answer[:, c]) for c in range(t.shape[1])]
    case.same("matthews_correlation", np.mean([peers.matthews_corrcoef(*one) for one in by_label]))
    case.same("cohen_kappa", np.mean([peers.cohen_kappa_score(*one) for one in by_label]))
    return case


def amounts(nnrun, name, y, t, scale="none", zeros=False):
    """With a scale, the network's outputs are scaled amounts; what is judged are the amounts."""
    t = np.asarray(t, float)
    case = Case(nnrun, name, y, t, cost="mean_squared_error", read=f", target_scale: {scale}",
                metrics=["r2", "mean_absolute_error", "root_mean_squared_error",
                         "mean_squared_error", "mean_absolute_percentage_error"])
    y = np.asarray(y, float).reshape(t.shape)
    if scale == "standard":
        y = y * t.std(axis=0) + t.mean(axis=0)
    if scale == "log":
        y = np.exp(y * np.log(t).std() + np.log(t).mean())
    # of targets that are all the same, scikit-learn says 0, or 1 if they are met
    flat = (t == t[0]).all(axis=0).any()
    case.same("r2", None if flat or len(t) < 2 else peers.r2_score(t, y))
    case.same("mean_absolute_error", peers.mean_absolute_error(t, y))
    case.same("mean_squared_error", peers.mean_squared_error(t, y))
    case.same("root_mean_squared_error", peers.mean_squared_error(t, y) ** 0.5)
    case.same("mean_absolute_percentage_error",
              None if zeros else peers.mean_absolute_percentage_error(t, y))
    return case


def main(program, folder):
    nnrun, draw = peer.Nnrun(program, folder), np.random.RandomState(1)
    p, t = draw.rand(60), draw.randint(0, 2, 60)
    p3, t3 = draw.rand(90, 3), draw.randint(0, 3, 90)
    p5, t5 = draw.rand(90, 5), draw.randint(0, 4, 90)  # the last class is absent
    x3 = 8 * draw.randn(90, 3)
    y = draw.randn(70)
    cases = [
        binary(nnrun, "yes-or-no", p, t),
        binary(nnrun, "ties", np.round(p, 1), t),
        binary(nnrun, "never-yes", p / 2, t),
        binary(nnrun, "always-yes", p / 2 + 0.5000001, t),
        binary(nnrun, "one-row-no", [0.3], [0]),
        binary(nnrun, "one-row-yes", [0.7], [1]),
        binary(nnrun, "only-yes", p, np.ones(60, int)),
        classes(nnrun, "two-classes", p3[:, :2], t3 % 2, 2),
        classes(nnrun, "three-classes", p3, t3, 3),
        classes(nnrun, "three-with-ties", np.round(p3, 1), t3, 3),
        classes(nnrun, "absent-class", p5, t5, 5),
        classes(nnrun, "absent-and-never-answered", p5 * [1, 1, 1, 1, 0], t5, 5),
        classes(nnrun, "never-answered", p3 * [1, 1, 0], t3, 3),
        classes(nnrun, "one-class", p3, np.full(90, 1), 3),
        classes(nnrun, "one-row-of-three", p3[:1], [2], 3),
        probabilities(nnrun, "sure", 5 * draw.randn(60), t, 2),
        probabilities(nnrun, "sure-of-three", x3, t3, 3),
        probabilities(nnrun, "sure-with-an-absent-class", x3, t3 % 2, 3),
        labels(nnrun, "labels", draw.rand(80, 3), draw.randint(0, 2, (80, 3))),
        labels(nnrun, "labels-never-answered", draw.rand(80, 3) * [1, 1, 0.4],
               draw.randint(0, 2, (80, 3))),
        amounts(nnrun, "amounts", y + draw.randn(70), y),
        amounts(nnrun, "several-amounts", draw.randn(70, 3), draw.randn(70, 3)),
        amounts(nnrun, "far-from-zero", 1e6 + y + draw.randn(70), 1e6 + y),
        amounts(nnrun, "scaled-amounts", y, 3e5 + 1e5 * draw.randn(70), "standard"),
        amounts(nnrun, "scaled-logarithms", y, np.exp(3 + draw.randn(70)), "log"),
        amounts(nnrun, "constant", y, np.full(70, 0.1)),
        amounts(nnrun, "constant-and-met", np.full(70, 0.1), np.full(70, 0.1)),
        amounts(nnrun, "one-row", [2.5], [2]),
        amounts(nnrun, "zeros", y[:3], [0, 1, 2], zeros=True),
    ]
    wrong = [line for case in cases for line in case.wrong]
    print(f"figure: {sum(case.compared for case in cases)} scores compared with scikit-learn's")
    return "\n".join(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
