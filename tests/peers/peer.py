"""What the comparisons with scikit-learn share: its data sets, and a run of nnrun."""
import csv
import json
import os
import subprocess

import numpy as np
from sklearn import datasets

NAMES = ["iris", "wine", "breast_cancer", "digits", "diabetes"]


def table(name):
    """Returns the names of the columns, the inputs, the targets, and the words of the classes."""
    data = getattr(datasets, "load_" + name)()
    words = None if name == "diabetes" else [str(word) for word in data.target_names]
    names = [str(one).replace("(", "").replace(")", "") for one in data.feature_names]
    return names, data.data, data.target, words


def write_csv(path, names, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)


def numbers(rows, targets, words=None):
    """Returns rows for write_csv, every number with the digits that read back to its bits."""
    return [[repr(float(x)) for x in row] + [words[t] if words else repr(float(t))]
            for row, t in zip(rows, targets)]


class Nnrun:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def __call__(self, *words):
        """Returns what it printed. Raises if it failed."""
        ended = subprocess.run([self.program, *words], cwd=self.folder, capture_output=True,
                               text=True)
        if ended.returncode:
            raise SystemExit(f"nnrun {' '.join(words)}: {ended.returncode}\n{ended.stderr}")
        return ended.stdout

    def result(self, *words):
        return json.loads(self(*words, "--json"))

    def outputs(self, run, file, width):
        """Returns the outputs of a run for the rows of a file; texts are left out."""
        rows = list(csv.reader(self("predict", run, "--csv", file).splitlines()))
        return np.array([[float(x) for x in row[:width]] for row in rows[1:]])


def network(n_inputs, n_outputs, output, rate, optimizer="{type: adam, learning_rate: 0.001}"):
    """Returns `model` and the optimizer of scikit-learn's MLP: 100 relu units; weights and biases
    uniform within sqrt(6 / (inputs + outputs)). The penalty there is alpha / 2 * |w|^2 over the
    number of examples of a batch."""
    def layer(inputs, units, activation):
        bound = (6 / (inputs + units)) ** 0.5
        return (f"    - {{type: dense, units: {units}, activation: {activation}, "
                f"bias_init: {{type: uniform, low: {-bound!r}, high: {bound!r}}}, "
                f"regularizer: {{type: l2, rate: {rate!r}}}}}\n")
    return (f"model:\n  input: {n_inputs}\n  layers:\n" + layer(n_inputs, 100, "relu") +
            layer(100, n_outputs, output) + f"train:\n  optimizer: {optimizer}\n")
