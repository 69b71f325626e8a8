"""Writes ONNX files as other programs do, by an encoder of its own, and a row of inputs for each.

usage: foreign_onnx.py FOLDER: net.onnx, net.csv (rows as nnrun takes them) and net.json (the same
rows as onnxruntime takes them) for each net
"""
import json
import math
import struct
import sys


def varint(x):
    x &= (1 << 64) - 1
    out = b""
    while x > 127:
        out += bytes([x & 127 | 128])
        x >>= 7
    return out + bytes([x])


def number(field, x):
    return varint(field << 3) + varint(x)


def text(field, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(field << 3 | 2) + varint(len(data)) + data


def attribute(name, value):
    if isinstance(value, float):
        return text(1, name) + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1)
    if isinstance(value, int):
        return text(1, name) + number(3, value) + number(20, 2)
    if isinstance(value, str):
        return text(1, name) + text(4, value) + number(20, 3)
    if isinstance(value, bytes):  # a tensor
        return text(1, name) + text(5, value) + number(20, 4)
    return text(1, name) + text(8, b"".join(varint(x) for x in value)) + number(20, 7)


def tensor(name, shape, values, kind=1, raw=True):
    out = text(1, b"".join(varint(x) for x in shape)) + number(2, kind) + text(8, name)
    if kind in (6, 7):  # int32_data, int64_data
        return out + text(5 if kind == 6 else 7, b"".join(varint(x) for x in values))
    packed = struct.pack("<%df" % len(values), *values)
    return out + text(9 if raw else 4, packed)


def node(op, inputs, outputs, **attributes):
    out = b"".join(text(1, x) for x in inputs) + b"".join(text(2, x) for x in outputs)
    out += text(3, "/" + outputs[0] + "/" + op) + text(4, op)
    return out + b"".join(text(5, attribute(k, v)) for k, v in attributes.items())


def value(name, shape):
    sizes = text(1, text(2, "batch")) + b"".join(text(1, number(1, x)) for x in shape)
    return text(1, name) + text(2, text(1, number(1, 1) + text(2, sizes)))


def model(nodes, tensors, inputs, outputs, opset=13):
    graph = b"".join(text(1, x) for x in nodes) + text(2, "main")
    graph += b"".join(text(5, x) for x in tensors)
    graph += text(11, value(*inputs)) + text(12, value(*outputs))
    return number(1, 7) + text(2, "pytorch") + text(7, graph) + text(8, text(1, "") + number(2, opset))


def numbers(n, seed):
    return [math.sin((seed * 101 + i) * 1.3) * 0.7 for i in range(n)]


def sizes(name, values):
    return tensor(name, [len(values)], values, kind=7)


nets = {}


def net(name, shape, data, order=None):
    """order: of the axes of a row in nnrun, if they are others."""
    nets[name] = (shape, data, order)


# as torch.onnx.export writes a perceptron
net("gemm", [4], model(
    [node("Gemm", ["x", "0.weight", "0.bias"], ["a"], alpha=1.0, beta=1.0, transB=1),
     node("Relu", ["a"], ["b"]), node("Dropout", ["b"], ["c"]),
     node("Gemm", ["c", "2.weight", "2.bias"], ["y"], alpha=1.0, beta=1.0, transB=1)],
    [tensor("0.weight", [6, 4], numbers(24, 1)), tensor("0.bias", [6], numbers(6, 2), raw=False),
     tensor("2.weight", [2, 6], numbers(12, 3)), tensor("2.bias", [2], numbers(2, 4))],
    ("x", [4]), ("y", [2])))
# as tf2onnx and skl2onnx do
net("matmul", [5], model(
    [node("Sub", ["x", "mean"], ["s"]), node("Div", ["s", "deviation"], ["t"]),
     node("MatMul", ["t", "kernel"], ["a"]), node("Add", ["a", "bias"], ["b"]),
     node("Sigmoid", ["b"], ["c"]), node("MatMul", ["c", "kernel2"], ["d"]),
     node("Add", ["bias2", "d"], ["e"]), node("Softmax", ["e"], ["y"], axis=-1)],
    [tensor("mean", [5], numbers(5, 1)), tensor("deviation", [1, 5], [1.5, 2, 3, 0.5, 0.25]),
     tensor("kernel", [5, 7], numbers(35, 2)), tensor("bias", [7], numbers(7, 3)),
     tensor("kernel2", [7, 3], numbers(21, 4)), tensor("bias2", [3], numbers(3, 5))],
    ("x", [5]), ("y", [3])))
# an image of PyTorch: channels first, flattened channel by channel, sizes worked out from Shape
net("channels_first", [2, 6, 6], model(
    [node("Conv", ["x", "w"], ["a"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2],
          dilations=[1, 1], group=1),
     node("BatchNormalization", ["a", "g", "b", "m", "v"], ["n"], epsilon=1e-5),
     node("Clip", ["n", "zero", "six"], ["c"]),
     node("Shape", ["c"], ["shape"]), node("Constant", [], ["first"], value=tensor("", [], [0], kind=7)),
     node("Gather", ["shape", "first"], ["rows"], axis=0),
     node("Unsqueeze", ["rows", "axes"], ["rows1"]), node("Concat", ["rows1", "open"], ["to"], axis=0),
     node("Reshape", ["c", "to"], ["f"]),
     node("Gemm", ["f", "fc", "fcb"], ["y"], transB=1)],
    [tensor("w", [3, 2, 3, 3], numbers(54, 1)), tensor("g", [3], [1, 0.5, 2]),
     tensor("b", [3], numbers(3, 2)), tensor("m", [3], numbers(3, 3)), tensor("v", [3], [1, 2, 0.5]),
     tensor("zero", [], [0]), tensor("six", [], [6]), sizes("axes", [0]), sizes("open", [-1]),
     tensor("fc", [2, 27], numbers(54, 4)), tensor("fcb", [2], numbers(2, 5))],
    ("x", [2, 6, 6]), ("y", [2])), order=[1, 2, 0])
# an image of Keras: channels last, turned round for the operators and back
net("channels_last", [6, 6, 2], model(
    [node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
     node("Conv", ["t", "w", "b"], ["a"], kernel_shape=[3, 3], auto_pad="SAME_UPPER"),
     node("Relu", ["a"], ["r"]),
     node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
     node("Transpose", ["p"], ["q"], perm=[0, 2, 3, 1]),
     node("Reshape", ["q", "flat"], ["f"]),
     node("MatMul", ["f", "kernel"], ["m"]), node("Add", ["m", "bias"], ["y"])],
    [tensor("w", [3, 2, 3, 3], numbers(54, 1)), tensor("b", [3], numbers(3, 2)),
     sizes("flat", [-1, 27]), tensor("kernel", [27, 2], numbers(54, 3)),
     tensor("bias", [2], numbers(2, 4))],
    ("x", [6, 6, 2]), ("y", [2])))
# branches
net("branches", [6], model(
    [node("Gemm", ["x", "w", "b"], ["a"], transB=1), node("LeakyRelu", ["a"], ["h"], alpha=0.2),
     node("Mul", ["x", "two"], ["m"]), node("Add", ["h", "m"], ["s"]),
     node("Concat", ["s", "h", "x"], ["c"], axis=1),
     node("PRelu", ["c", "slope"], ["p"]), node("Gemm", ["p", "w2"], ["y"], transB=1, alpha=0.5)],
    [tensor("w", [6, 6], numbers(36, 1)), tensor("b", [6], numbers(6, 2)), tensor("two", [], [2]),
     tensor("slope", [1], [0.3]), tensor("w2", [1, 18], numbers(18, 3))],
    ("x", [6]), ("y", [1])))
# gelu as PyTorch writes it out, with its constants as nodes, and in other orders
net("gelu", [4], model(
    [node("Gemm", ["x", "w", "b"], ["h"], transB=1),
     node("Constant", [], ["root"], value=tensor("", [], [math.sqrt(2)])), node("Div", ["h", "root"], ["d"]),
     node("Erf", ["d"], ["e"]),
     node("Constant", [], ["one"], value=tensor("", [], [1])), node("Add", ["e", "one"], ["a"]),
     node("Mul", ["h", "a"], ["m"]),
     node("Constant", [], ["half"], value=tensor("", [], [0.5])), node("Mul", ["m", "half"], ["g"]),
     node("MatMul", ["g", "w2"], ["t"]), node("Add", ["t", "b2"], ["h2"]),
     node("Mul", ["half", "h2"], ["hh2"]), node("Mul", ["h2", "inverse"], ["d2"]),
     node("Erf", ["d2"], ["e2"]), node("Add", ["unit", "e2"], ["a2"]), node("Mul", ["hh2", "a2"], ["g2"]),
     node("Gemm", ["g2", "w", "b"], ["h3"], transB=1), node("Div", ["h3", "root"], ["d3"]),
     node("Erf", ["d3"], ["e3"]), node("Add", ["e3", "one"], ["a3"]), node("Mul", ["a3", "half"], ["q3"]),
     node("Mul", ["q3", "h3"], ["g3"]), node("Gemm", ["g3", "w3"], ["y"])],
    [tensor("w", [6, 4], numbers(24, 1)), tensor("b", [6], numbers(6, 2)),
     tensor("w2", [6, 4], numbers(24, 3)), tensor("b2", [4], numbers(4, 4)),
     tensor("inverse", [1], [math.sqrt(0.5)]), tensor("unit", [1], [1]), tensor("w3", [6, 2], numbers(12, 5))],
    ("x", [4]), ("y", [2])))
net("gelu_operators", [4], model(
    [node("Gemm", ["x", "w", "b"], ["h"], transB=1), node("Gelu", ["h"], ["g"]),
     node("Gemm", ["g", "w2"], ["h2"]), node("Gelu", ["h2"], ["y"], approximate="tanh")],
    [tensor("w", [6, 4], numbers(24, 1)), tensor("b", [6], numbers(6, 2)),
     tensor("w2", [6, 3], numbers(18, 3))], ("x", [4]), ("y", [3]), opset=20))
# silu and mish written out, behind a convolution and beside another reader of their input
net("silu", [2, 4, 4], model(
    [node("Conv", ["x", "w", "b"], ["c"], kernel_shape=[3, 3]), node("Sigmoid", ["c"], ["s"]),
     node("Mul", ["c", "s"], ["g"]), node("Flatten", ["g"], ["f"]),
     node("Gemm", ["f", "w2"], ["h"]), node("Softplus", ["h"], ["p"]), node("Tanh", ["p"], ["t"]),
     node("Mul", ["h", "t"], ["m"]), node("Gemm", ["m", "w3"], ["h2"]),
     node("Sigmoid", ["h2"], ["s2"]), node("Mul", ["s2", "h2"], ["g2"]), node("Add", ["h2", "g2"], ["y"])],
    [tensor("w", [3, 2, 3, 3], numbers(54, 1)), tensor("b", [3], numbers(3, 2)),
     tensor("w2", [12, 5], numbers(60, 3)), tensor("w3", [5, 2], numbers(10, 4))],
    ("x", [2, 4, 4]), ("y", [2])), order=[1, 2, 0])
# layer norm as PyTorch writes it out before opset 17, whole, without beta and bare, and joins of several values
net("written_norm", [4], model(
    [node("Gemm", ["x", "w", "b"], ["h"], transB=1),
     node("ReduceMean", ["h"], ["m"], axes=[-1]), node("Sub", ["h", "m"], ["c"]),
     node("Constant", [], ["two"], value=tensor("", [], [2])), node("Pow", ["c", "two"], ["c2"]),
     node("ReduceMean", ["c2"], ["v"], axes=[-1]),
     node("Constant", [], ["epsilon"], value=tensor("", [], [1e-3])), node("Add", ["v", "epsilon"], ["ve"]),
     node("Sqrt", ["ve"], ["r"]), node("Div", ["c", "r"], ["n"]), node("Mul", ["n", "gamma"], ["ng"]),
     node("Add", ["ng", "beta"], ["a"]),
     node("ReduceMean", ["a"], ["m2"], axes=[1]), node("Sub", ["a", "m2"], ["d"]), node("Mul", ["d", "d"], ["d2"]),
     node("ReduceMean", ["d2"], ["v2"], axes=[1]), node("Add", ["epsilon", "v2"], ["ve2"]),
     node("Sqrt", ["ve2"], ["r2"]), node("Div", ["d", "r2"], ["n2"]), node("Mul", ["gamma", "n2"], ["g2"]),
     node("ReduceMean", ["h"], ["m3"], axes=[-1]), node("Sub", ["h", "m3"], ["e"]), node("Mul", ["e", "e"], ["e2"]),
     node("ReduceMean", ["e2"], ["v3"], axes=[-1]), node("Add", ["v3", "epsilon"], ["ve3"]),
     node("Sqrt", ["ve3"], ["r3"]), node("Div", ["e", "r3"], ["n3"]),
     node("Max", ["a", "g2", "n3"], ["top"]), node("Sum", ["top", "a", "h"], ["all"]),
     node("Mean", ["all", "g2"], ["half"]), node("Gemm", ["half", "w2"], ["y"])],
    [tensor("w", [6, 4], numbers(24, 1)), tensor("b", [6], numbers(6, 2)), tensor("gamma", [6], numbers(6, 3)),
     tensor("beta", [6], numbers(6, 4)), tensor("w2", [6, 2], numbers(12, 5))],
    ("x", [4]), ("y", [2])))
# an image that grows, as PyTorch's Upsample writes it, by sizes too, and zeros around one
net("grown", [2, 3, 4], model(
    [node("Conv", ["x", "w", "b"], ["a"], kernel_shape=[1, 1]),
     node("Resize", ["a", "", "factors"], ["u"], coordinate_transformation_mode="asymmetric", mode="nearest",
          nearest_mode="floor"),
     node("Pad", ["u", "pads"], ["p"], mode="constant"),
     node("Conv", ["p", "w2", "b2"], ["c"], kernel_shape=[3, 3]),
     node("Resize", ["c", "", "", "sizes"], ["r"], coordinate_transformation_mode="half_pixel", mode="nearest"),
     node("GlobalAveragePool", ["r"], ["g"]), node("Flatten", ["g"], ["f"]), node("Gemm", ["f", "w3"], ["y"])],
    [tensor("w", [3, 2, 1, 1], numbers(6, 1)), tensor("b", [3], numbers(3, 2)),
     tensor("factors", [4], [1, 1, 2, 3]), sizes("pads", [0, 0, 1, 0, 0, 0, 2, 3]),
     tensor("w2", [2, 3, 3, 3], numbers(54, 3)), tensor("b2", [2], numbers(2, 4)),
     sizes("sizes", [20, 2, 21, 26]), tensor("w3", [2, 2], numbers(4, 5))],
    ("x", [2, 3, 4]), ("y", [2])), order=[1, 2, 0])
# products that look like silu and mish, but are gates
net("gates", [4], model(
    [node("Gemm", ["x", "w"], ["a"]), node("Gemm", ["x", "w2"], ["b"]),
     node("Sigmoid", ["b"], ["s"]), node("Mul", ["a", "s"], ["g"]),
     node("Gemm", ["g", "w"], ["c"]), node("Gemm", ["g", "w2"], ["d"]),
     node("Softplus", ["d"], ["p"]), node("Tanh", ["p"], ["t"]), node("Mul", ["t", "c"], ["y"])],
    [tensor("w", [4, 4], numbers(16, 1)), tensor("w2", [4, 4], numbers(16, 2))],
    ("x", [4]), ("y", [4])))


# an image that begins as a row, or without its one channel
for name, shape in ("row_image", [36]), ("bare_image", [6, 6]):
    net(name, shape, model(
        [node("Reshape", ["x", "to"], ["i"]), node("Conv", ["i", "w", "b"], ["c"], kernel_shape=[3, 3]),
         node("Relu", ["c"], ["r"]), node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
         node("Flatten", ["p"], ["f"]), node("Gemm", ["f", "w2"], ["y"])],
        [sizes("to", [-1, 1, 6, 6]), tensor("w", [3, 1, 3, 3], numbers(27, 1)), tensor("b", [3], numbers(3, 2)),
         tensor("w2", [12, 2], numbers(24, 3))], (("x", shape)), ("y", [2])))
# and one of several channels, whose row has them behind each other, or side by side
for name, first, turn in ("row_of_planes", [-1, 3, 4, 5], None), ("row_of_pixels", [-1, 4, 5, 3], [0, 3, 1, 2]):
    nodes = [node("Reshape", ["h", "to"], ["i"])]
    if turn:
        nodes += [node("Transpose", ["i"], ["t"], perm=turn)]
    net(name, [8], model(
        [node("Gemm", ["x", "w1"], ["h"])] + nodes +
        [node("Conv", ["t" if turn else "i", "w", "b"], ["c"], kernel_shape=[3, 3]), node("Relu", ["c"], ["r"]),
         node("Flatten", ["r"], ["f"]), node("Gemm", ["f", "w2"], ["y"])],
        [sizes("to", first), tensor("w1", [8, 60], numbers(480, 4)), tensor("w", [2, 3, 3, 3], numbers(54, 1)),
         tensor("b", [2], numbers(2, 2)), tensor("w2", [12, 2], numbers(24, 3))], ("x", [8]), ("y", [2])))
net("row_of_signals", [12], model(
    [node("Reshape", ["x", "to"], ["i"]), node("Conv", ["i", "w"], ["c"], kernel_shape=[3]), node("Flatten", ["c"], ["f"]),
     node("Gemm", ["f", "w2"], ["y"])],
    [sizes("to", [-1, 2, 6]), tensor("w", [3, 2, 3], numbers(18, 1)), tensor("w2", [12, 2], numbers(24, 3))],
    ("x", [12]), ("y", [2])))
# joins that repeat a value: squeeze and excitation, attention to places, one gate for all
net("repeated", [2, 4, 5], model(
    [node("Conv", ["x", "w", "b"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
     node("GlobalAveragePool", ["c"], ["g"]), node("Conv", ["g", "we"], ["e"], kernel_shape=[1, 1]),
     node("Sigmoid", ["e"], ["es"]), node("Mul", ["c", "es"], ["m"]),
     node("Conv", ["m", "wp"], ["p"], kernel_shape=[1, 1]), node("Sigmoid", ["p"], ["ps"]), node("Mul", ["ps", "m"], ["mp"]),
     node("Conv", ["g", "wo"], ["o"], kernel_shape=[1, 1]), node("Sub", ["o", "mp"], ["s"]),
     node("Flatten", ["s"], ["f"]), node("Gemm", ["f", "w2", "b2"], ["h"]), node("Gemm", ["f", "w3"], ["one"]),
     node("Tanh", ["one"], ["gate"]), node("Mul", ["h", "gate"], ["gh"]), node("Max", ["one", "gh", "h"], ["y"])],
    [tensor("w", [3, 2, 3, 3], numbers(54, 1)), tensor("b", [3], numbers(3, 2)), tensor("we", [3, 3, 1, 1], numbers(9, 3)),
     tensor("wp", [1, 3, 1, 1], numbers(3, 4)), tensor("wo", [1, 3, 1, 1], numbers(3, 5)), tensor("w2", [60, 4], numbers(240, 6)),
     tensor("b2", [4], numbers(4, 7)), tensor("w3", [60, 1], numbers(60, 8))],
    ("x", [2, 4, 5]), ("y", [4])), order=[1, 2, 0])
# a sequence whose steps, and whose features, are weighed; the weights of a product may have a size of 1 before them
net("weighed", [5, 4], model(
    [node("MatMul", ["x", "w"], ["h"]), node("MatMul", ["h", "ws"], ["a"]), node("Sigmoid", ["a"], ["as"]), node("Mul", ["h", "as"], ["m"]),
     node("ReduceMean", ["h"], ["r"], axes=[1], keepdims=1), node("Tanh", ["r"], ["t"]), node("Mul", ["t", "m"], ["mt"]),
     node("Flatten", ["mt"], ["f"]), node("Gemm", ["f", "w2"], ["y"])],
    [tensor("w", [1, 4, 3], numbers(12, 1)), tensor("ws", [3, 1], numbers(3, 2)), tensor("w2", [15, 2], numbers(30, 3))],
    ("x", [5, 4]), ("y", [2])))
# a sequence of Keras: TensorFlow's Conv1D is a convolution of an image of one row
net("conv1d_keras", [8, 3], model(
    [node("Unsqueeze", ["x", "axis1"], ["u"]), node("Transpose", ["u"], ["t"], perm=[0, 3, 1, 2]),
     node("Conv", ["t", "w"], ["c"], kernel_shape=[1, 3], auto_pad="SAME_UPPER", strides=[1, 1]),
     node("Squeeze", ["c", "axis2"], ["s"]), node("Add", ["s", "bias"], ["a"]), node("Relu", ["a"], ["r"]),
     node("Unsqueeze", ["r", "axis2"], ["u2"]),
     node("MaxPool", ["u2"], ["p"], kernel_shape=[1, 2], strides=[1, 2], auto_pad="VALID"),
     node("Transpose", ["p"], ["q"], perm=[0, 2, 3, 1]), node("Squeeze", ["q", "axis1"], ["s2"]),
     node("ReduceMean", ["s2"], ["g"], axes=[1], keepdims=0),
     node("MatMul", ["g", "kernel"], ["m"]), node("Add", ["m", "bias2"], ["y"])],
    [sizes("axis1", [1]), sizes("axis2", [2]), tensor("w", [4, 3, 1, 3], numbers(36, 1)),
     tensor("bias", [1, 4, 1], numbers(4, 2)), tensor("kernel", [4, 2], numbers(8, 3)),
     tensor("bias2", [2], numbers(2, 4))],
    ("x", [8, 3]), ("y", [2])))
# MobileNet of Keras, as tf2onnx turns it: relu6 by Min and Max, a convolution of each channel, pads of
# one side, a mean over places, its classes behind a Reshape of Shape
net("mobile_keras", [8, 8, 2], model(
    [node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
     node("Conv", ["t", "w"], ["a"], kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1]),
     node("BatchNormalization", ["a", "g", "b", "m", "v"], ["n"], epsilon=1e-3),
     node("Relu", ["n"], ["r"]), node("Min", ["r", "six"], ["r6"]),
     node("Conv", ["r6", "wd"], ["d"], kernel_shape=[3, 3], group=4, pads=[1, 1, 1, 1]),
     node("Clip", ["d", "low", "six"], ["dc"]),
     node("Transpose", ["dc"], ["back"], perm=[0, 2, 3, 1]), node("ReduceMean", ["back"], ["p"], axes=[1, 2], keepdims=0),
     node("Shape", ["p"], ["shape"]), node("Cast", ["shape"], ["shape32"], to=6),
     node("Slice", ["shape32", "from", "until", "axes"], ["rows"]), node("Squeeze", ["rows", "axes"], ["row"]),
     node("Unsqueeze", ["row", "axes"], ["row1"]),
     node("Concat", ["row1", "ones"], ["to32"], axis=0), node("Cast", ["to32"], ["to"], to=7),
     node("Reshape", ["p", "to"], ["image"]), node("Transpose", ["image"], ["image1"], perm=[0, 3, 1, 2]),
     node("Conv", ["image1", "head", "headb"], ["h"], kernel_shape=[1, 1]),
     node("Squeeze", ["h", "last"], ["s"]), node("Softmax", ["s"], ["y"], axis=1)],
    [tensor("w", [4, 2, 3, 3], numbers(72, 1)), tensor("g", [4], [1, 0.5, 2, 1]), tensor("b", [4], numbers(4, 2)),
     tensor("m", [4], numbers(4, 3)), tensor("v", [4], [1, 2, 0.5, 1]), tensor("six", [], [6]), tensor("low", [], [-1]),
     tensor("wd", [4, 1, 3, 3], numbers(36, 4)), sizes("from", [0]), sizes("until", [1]), sizes("axes", [0]),
     tensor("ones", [3], [1, 1, 4], kind=6), tensor("head", [3, 4, 1, 1], numbers(12, 5)), tensor("headb", [3], numbers(3, 6)),
     sizes("last", [2, 3])],
    ("x", [8, 8, 2]), ("y", [3])))
# MobileNet v3 of PyTorch: hard swish as an operator and written out, squeeze and excitation
net("excited", [2, 6, 6], model(
    [node("Conv", ["x", "w", "b"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]), node("HardSwish", ["c"], ["h"]),
     node("GlobalAveragePool", ["h"], ["g"]), node("Flatten", ["g"], ["f"], axis=1),
     node("Gemm", ["f", "fc", "fcb"], ["e"], transB=1), node("HardSigmoid", ["e"], ["e1"], alpha=1 / 6, beta=0.5),
     node("Celu", ["e1"], ["e2"], alpha=0.7), node("ThresholdedRelu", ["e2"], ["e3"], alpha=0.1),
     node("HardSigmoid", ["e3"], ["e4"]), node("Clip", ["e4", "quarter"], ["e5"]),
     node("Gemm", ["e5", "fc2"], ["y"], transB=1)],
    [tensor("w", [3, 2, 3, 3], numbers(54, 1)), tensor("b", [3], numbers(3, 2)), tensor("fc", [4, 3], numbers(12, 3)),
     tensor("fcb", [4], numbers(4, 4)), tensor("quarter", [], [0.25]), tensor("fc2", [2, 4], numbers(8, 5))],
    ("x", [2, 6, 6]), ("y", [2]), opset=14), order=[1, 2, 0])
# a value joined with itself, powers and functions of numbers
net("functions", [4], model(
    [node("Gemm", ["x", "w", "b"], ["h"], transB=1), node("Mul", ["h", "h"], ["square"]), node("Add", ["h", "h"], ["twice"]),
     node("Pow", ["h", "three"], ["cube"]), node("Abs", ["h"], ["size"]), node("Add", ["size", "one"], ["above"]),
     node("Sqrt", ["above"], ["root"]), node("Log", ["above"], ["log"]), node("Neg", ["size"], ["minus"]),
     node("Exp", ["minus"], ["bell"]), node("Reciprocal", ["above"], ["part"]), node("Cos", ["h"], ["cos"]), node("Erf", ["h"], ["erf"]),
     node("Sum", ["square", "twice", "cube", "root", "root"], ["s"]), node("Concat", ["s", "log", "bell", "part", "cos", "erf"], ["all"], axis=-1),
     node("Identity", ["all"], ["same"]), node("Gemm", ["same", "w2"], ["y"])],
    [tensor("w", [6, 4], [x / 4 for x in numbers(24, 1)]), tensor("b", [6], numbers(6, 2)), tensor("three", [], [3]), tensor("one", [1], [1]),
     tensor("w2", [36, 2], numbers(72, 3))],
    ("x", [4]), ("y", [2])))


def recurrent(op, gates, x, out, features, units, directions, seed):
    """A node of PyTorch, whose states are zeros as many as there are rows, and its tensors."""
    name = out
    kinds = dict(direction="bidirectional") if directions == 2 else {}
    states = [name + "_h0"] + ([name + "_c0"] if op == "LSTM" else [])
    if op == "GRU":
        kinds["linear_before_reset"] = 1
    nodes = [node("Shape", [x], [name + "_s"]), node("Gather", [name + "_s", "1"], [name + "_n"], axis=0),
             node("Unsqueeze", [name + "_n", "axis0"], [name + "_n1"]),
             node("Concat", [f"directions{directions}", name + "_n1", f"units{units}"], [name + "_size"], axis=0)]
    nodes += [node("ConstantOfShape", [name + "_size"], [state], value=tensor("", [1], [0])) for state in states]
    outputs = [out, out + "_h"] + ([out + "_c"] if op == "LSTM" else [])
    nodes.append(node(op, [x, name + "_w", name + "_r", name + "_b", ""] + states, outputs, hidden_size=units, **kinds))
    tensors = [tensor(name + "_w", [directions, gates * units, features], numbers(directions * gates * units * features, seed)),
               tensor(name + "_r", [directions, gates * units, units], numbers(directions * gates * units * units, seed + 1)),
               tensor(name + "_b", [directions, 2 * gates * units], numbers(directions * 2 * gates * units, seed + 2))]
    return nodes, tensors


def states_net(name, layers, picked, data_units, bothways):
    """Layers of PyTorch one above the other, and some of their last states: torch.cat((h[-2], h[-1]), 1)."""
    nodes, tensors = [node("Transpose", ["x"], ["t"], perm=[1, 0, 2])], [sizes("axis0", [0]), tensor("1", [], [1], kind=7),
                                                                        sizes("units4", [4]), sizes("directions1", [1]), sizes("directions2", [2])]
    x, features, directions = "t", 3, 2 if bothways else 1
    for i, (op, gates) in enumerate(layers):
        more, own = recurrent(op, gates, x, f"l{i}", features, 4, directions, 10 * i + 1)
        nodes, tensors, features = nodes + more, tensors + own, 4 * directions
        if i + 1 < len(layers):
            if bothways:
                nodes += [node("Transpose", [f"l{i}"], [f"l{i}_t"], perm=[0, 2, 1, 3]), node("Reshape", [f"l{i}_t", "merged"], [f"l{i}_m"])]
            else:
                nodes.append(node("Squeeze", [f"l{i}", "axis1"], [f"l{i}_m"]))
            x = f"l{i}_m"
    states = [f"l{i}_h" for i in range(len(layers))]
    if len(states) > 1:
        nodes.append(node("Concat", states, ["h"], axis=0))
    for k, place in enumerate(picked):
        nodes += [node("Constant", [], [f"at{k}"], value=tensor("", [], [place], kind=7)), node("Gather", ["h" if len(states) > 1 else "l0_h", f"at{k}"], [f"h{k}"], axis=0)]
    if len(picked) > 1:
        nodes.append(node("Concat", [f"h{k}" for k in range(len(picked))], ["last"], axis=1))
    nodes.append(node("Gemm", ["last" if len(picked) > 1 else "h0", "head", "headb"], ["y"], transB=1))
    tensors += [sizes("merged", [0, 0, -1]), sizes("axis1", [1]), tensor("head", [2, 4 * len(picked)], numbers(8 * len(picked), 7)), tensor("headb", [2], numbers(2, 8))]
    net(name, [5, 3], model(nodes, tensors, ("x", [5, 3]), ("y", [2])))


states_net("lstm_states", [("LSTM", 4)], [-2, -1], 4, True)
states_net("gru_states", [("GRU", 3)], [-1], 4, True)
states_net("rnn_stacked", [("RNN", 1), ("RNN", 1)], [-1], 4, False)
states_net("lstm_stacked", [("LSTM", 4), ("GRU", 3)], [-1], 4, False)
states_net("lstm_stacked_both", [("LSTM", 4), ("LSTM", 4)], [-2, -1], 4, True)


# all steps, and the last one beside them
for name, op, gates, both in ("steps_and_last", "LSTM", 4, False), ("steps_and_last_both", "GRU", 3, True):
    more, own = recurrent(op, gates, "t", "l", 3, 4, 2 if both else 1, 5)
    width = 8 if both else 4
    nodes = [node("Transpose", ["x"], ["t"], perm=[1, 0, 2])] + more
    if both:
        nodes += [node("Transpose", ["l"], ["lt"], perm=[0, 2, 1, 3]), node("Reshape", ["lt", "merged"], ["lm"]),
                  node("Transpose", ["l_h"], ["ht"], perm=[1, 0, 2]), node("Flatten", ["ht"], ["h"])]
    else:
        nodes += [node("Squeeze", ["l", "axis1"], ["lm"]), node("Squeeze", ["l_h", "axis0"], ["h"])]
    nodes += [node("Transpose", ["lm"], ["u"], perm=[1, 0, 2]), node("Flatten", ["u"], ["f"]),
              node("Concat", ["f", "h"], ["c"], axis=1), node("Gemm", ["c", "head"], ["y"])]
    net(name, [5, 3], model(nodes, own + [
        sizes("axis0", [0]), sizes("axis1", [1]), tensor("1", [], [1], kind=7), sizes("units4", [4]), sizes("directions1", [1]),
        sizes("directions2", [2]), sizes("merged", [0, 0, -1]), tensor("head", [6 * width, 2], numbers(12 * width, 9))],
        ("x", [5, 3]), ("y", [2])))


def turned(row, shape, order):
    places = [[]]
    for axis in order:
        places = [p + [i] for p in places for i in range(shape[axis])]
    steps = [math.prod(shape[k + 1:]) for k in range(len(shape))]
    return [row[sum(i * steps[axis] for i, axis in zip(p, order))] for p in places]


folder = sys.argv[1]
for name, (shape, data, order) in nets.items():
    size = math.prod(shape)
    # numbers that are the same in float32
    rows = [[round(math.sin(r * 7.1 + i * 0.9) * 1024) / 512 for i in range(size)] for r in range(20)]
    open(f"{folder}/{name}.onnx", "wb").write(data)
    json.dump({"shape": [len(rows)] + shape, "data": sum(rows, [])}, open(f"{folder}/{name}.json", "w"))
    with open(f"{folder}/{name}.csv", "w") as file:
        print(",".join(f"x{i + 1}" for i in range(size)), file=file)
        for row in rows:
            print(",".join(map(str, turned(row, shape, order) if order else row)), file=file)
print(*nets)
