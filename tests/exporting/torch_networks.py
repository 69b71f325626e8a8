"""Networks of PyTorch, exported to ONNX, and what PyTorch answers.

usage: torch_networks.py FOLDER: writes NAME.onnx, NAME.csv of inputs and NAME.json of answers, prints the names
       torch_networks.py FOLDER NAME ANSWERS.csv: compares
"""
import csv
import json
import sys

import numpy as np


def check(folder, name, answers):
    wanted = np.array(json.load(open(f"{folder}/{name}.json")))
    lines = list(csv.reader(open(answers)))[1:]
    found = np.array([[float(x) for x in line[:wanted.shape[1]]] for line in lines])
    off = np.abs(found - wanted) / (1e-5 * np.abs(wanted) + 1e-5)
    print(f"{found.size} outputs, worst {off.max():.3f} of what is allowed")
    sys.exit(0 if found.shape == wanted.shape and off.max() <= 1 else 1)


if len(sys.argv) == 4:
    check(*sys.argv[1:])

import torch
from torch import nn

torch.manual_seed(1)


class Last(nn.Module):
    """The last step of a sequence."""
    def __init__(self, layer, classes, place=(slice(None), -1)):
        super().__init__()
        self.layer, self.head, self.place = layer, nn.LazyLinear(classes), place

    def forward(self, x):
        return self.head(self.layer(x)[0][self.place])


class LastState(nn.Module):
    """The state behind the last step."""
    def __init__(self, layer, classes):
        super().__init__()
        self.layer, self.head = layer, nn.LazyLinear(classes)

    def forward(self, x):
        state = self.layer(x)[1]
        return self.head((state[0] if isinstance(state, tuple) else state)[-1])


class BothEnds(nn.Module):
    """The last states of the last layer, of each direction."""
    def __init__(self, layer, classes):
        super().__init__()
        self.layer, self.head = layer, nn.LazyLinear(classes)

    def forward(self, x):
        state = self.layer(x)[1]
        h = state[0] if isinstance(state, tuple) else state
        return self.head(torch.cat((h[-2], h[-1]), dim=1))


class Mobile(nn.Module):
    """A convolution of each channel, one of each place, and what they are added to."""
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(2, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8), nn.Hardswish())
        self.block = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False), nn.BatchNorm2d(8), nn.ReLU6(),
                                   nn.Conv2d(8, 8, 1, bias=False), nn.BatchNorm2d(8))
        self.pool, self.head = nn.AdaptiveAvgPool2d(1), nn.Sequential(nn.Dropout(0.2), nn.Linear(8, 3))

    def forward(self, x):
        x = self.stem(x)
        x = self.pool(x + self.block(x))
        return self.head(x.view(x.size(0), -1)).log_softmax(1)


class Written(nn.Module):
    """Functions of numbers, and a value that is joined with itself."""
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(4, 6), nn.Linear(18, 2)

    def forward(self, x):
        x = self.one(x)
        y = torch.cat((x * x + x, torch.exp(-x.abs()), torch.sqrt(x ** 2 + 1).clamp(max=1.5)), 1)
        return self.two(nn.functional.celu(y))


class Steps(nn.Module):
    """All steps, one after the other."""
    def __init__(self, *layers):
        super().__init__()
        self.layers, self.head = nn.ModuleList(layers), nn.LazyLinear(2)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)[0]
        return self.head(torch.relu(x).flatten(1))


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.net = nn.Embedding(10, 4), Last(nn.LSTM(4, 6, batch_first=True), 3)

    def forward(self, x):
        return self.net(self.words(x))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.norm = nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.two, self.skip = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(2, 4, 1)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        y = torch.relu(self.norm(self.one(x)))
        return self.head(torch.relu(self.two(y) + self.skip(x)).mean((2, 3)))


class Mixed(nn.Module):
    """A convolution of a sequence before what remembers it."""
    def __init__(self):
        super().__init__()
        self.conv, self.gru = nn.Conv1d(3, 5, 3, padding=1), nn.GRU(5, 4, batch_first=True)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.gru(torch.tanh(self.conv(x)).transpose(1, 2))[0][:, -1, :])


gru = dict(batch_first=True)
nets = {
    "mlp": (nn.Sequential(nn.Linear(5, 8), nn.GELU(), nn.LayerNorm(8), nn.Linear(8, 6), nn.SiLU(), nn.Linear(6, 3),
                          nn.Softmax(-1)), (5,)),
    "cnn": (nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
                          nn.Conv2d(4, 6, 3, stride=2), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(24, 5)), (1, 12, 10)),
    "lstm": (Last(nn.LSTM(3, 7, batch_first=True), 4), (6, 3)),
    "lstm_state": (LastState(nn.LSTM(3, 7, batch_first=True, bias=False), 4), (6, 3)),
    "lstm_two": (Steps(nn.LSTM(3, 7, batch_first=True, num_layers=2)), (6, 3)),
    "lstm_both": (Steps(nn.LSTM(3, 4, bidirectional=True, **gru), nn.GRU(8, 3, bidirectional=True, **gru)), (5, 3)),
    "gru": (Last(nn.GRU(3, 7, batch_first=True), 2, (slice(None), -1, slice(None))), (6, 3)),
    "gru_state": (LastState(nn.GRU(3, 5, **gru), 2), (4, 3)),
    "rnn": (Last(nn.RNN(3, 7, nonlinearity="relu", batch_first=True), 2), (6, 3)),
    "rnn_steps": (Steps(nn.RNN(3, 5, batch_first=True)), (6, 3)),
    "words": (Words(), (6,)),
    "residual": (Residual(), (2, 6, 6)),
    "mixed": (Mixed(), (3, 8)),
    "turned": (nn.Sequential(nn.ConvTranspose2d(3, 4, 4, stride=2, padding=1), nn.ReLU(),
                             nn.ConvTranspose2d(4, 2, 3, stride=2, output_padding=1), nn.Flatten(),
                             nn.Linear(2 * 18 * 18, 2)), (3, 4, 4)),
    "ceil": (nn.Sequential(nn.Conv2d(2, 3, 3), nn.MaxPool2d(2, ceil_mode=True), nn.Flatten(), nn.Linear(27, 2)), (2, 8, 8)),
    "lstm_ends": (BothEnds(nn.LSTM(3, 4, bidirectional=True, **gru), 2), (5, 3)),
    "gru_ends": (BothEnds(nn.GRU(3, 4, num_layers=2, bidirectional=True, **gru), 2), (5, 3)),
    "lstm_stacked": (LastState(nn.LSTM(3, 4, num_layers=2, **gru), 3), (5, 3)),
    "rnn_stacked": (LastState(nn.RNN(3, 4, num_layers=3, **gru), 3), (5, 3)),
    "mobile": (Mobile(), (2, 10, 10)),
    "written": (Written(), (4,)),
    "sequence": (nn.Sequential(nn.Conv1d(2, 4, 3, dilation=2), nn.BatchNorm1d(4), nn.ELU(), nn.MaxPool1d(2),
                               nn.Conv1d(4, 4, 3, padding=1, groups=2), nn.AdaptiveAvgPool1d(1), nn.Flatten(),
                               nn.BatchNorm1d(4), nn.Linear(4, 3), nn.LogSoftmax(-1)), (2, 15)),
    "grown": (nn.Sequential(nn.Conv2d(2, 2, 1), nn.Softsign(), nn.Upsample(scale_factor=2), nn.Conv2d(2, 3, 3, padding=1),
                            nn.PReLU(3), nn.ZeroPad2d(1), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(75, 4)), (2, 4, 4)),
    "gelu_tanh": (nn.Sequential(nn.Linear(4, 6), nn.GELU(approximate="tanh"), nn.Linear(6, 2)), (4,)),
}

folder, rows = sys.argv[1], 12
for name, (net, shape) in nets.items():
    words = name == "words"
    x = torch.randint(0, 10, (rows, *shape)) if words else torch.randn(rows, *shape)
    net(x), net.eval()
    torch.onnx.export(net, x[:1], f"{folder}/{name}.onnx", opset_version=17 if name == "mlp" else 13, input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "rows"}, "y": {0: "rows"}})
    order = {4: (0, 2, 3, 1), 3: (0, 2, 1)}.get(x.ndim) if isinstance(net, (nn.Sequential, Residual, Mixed, Mobile)) else None
    flat = (x.permute(order) if order else x).reshape(rows, -1)
    with open(f"{folder}/{name}.csv", "w") as file:
        print(",".join(f"x{i + 1}" for i in range(flat.shape[1])), file=file)
        for row in flat.tolist():
            print(",".join(map(repr, row)), file=file)
    json.dump(net(x).detach().reshape(rows, -1).tolist(), open(f"{folder}/{name}.json", "w"))
print(*nets)
