# Answers rows of a table from model.safetensors alone, as framework/runs/FORMATS.md describes it: a
# dense layer with tanh, then one with softmax for classes, or as it is.
# usage: model_reader.py MODEL TABLE
import csv, json, sys
import numpy as np

file = open(sys.argv[1], "rb").read()
start = 8 + int.from_bytes(file[:8], "little")
header = json.loads(file[8:start])
meta = header.pop("__metadata__")
w = {name: np.frombuffer(file[start:][slice(*t["data_offsets"])],
                         {"F32": "<f4", "F64": "<f8"}[t["dtype"]]).reshape(t["shape"])
     for name, t in header.items()}
recipe = json.loads(meta["preparation"])


def inputs(row):
    x = []
    for i, column in enumerate(recipe["columns"]):
        field, texts = row[column["name"]], column.get("texts")
        gap = field in ("", "NA")
        if texts is None:
            x.append(w["input/fill"][i] if gap else float(field) / recipe.get("divide_by", 1))
        else:
            at = (w["input/fill"][i] if gap else
                  texts.index(field) if field in texts else len(texts))
            own = column.get("missing") == "constant" and column["constant"] not in texts
            places = [*range(len(texts))] + [len(texts)] * (column.get("unknown") == "other")
            x += [at == place for place in places + [len(texts) + 1] * own]
        if "indicator" in column:
            x.append(gap)
    x = np.array(x, float)
    if "scales" in recipe:
        x = (x - w["input/shift"]) * w["input/factor"]
    return x.astype(w["dense_1/weights"].dtype)


for row in csv.DictReader(open(sys.argv[2])):
    y = w["dense_2/weights"] @ np.tanh(w["dense_1/weights"] @ inputs(row) + w["dense_1/bias"])
    y = y + w["dense_2/bias"]
    if "classes" in meta:
        y = np.exp(y - y.max()) / np.exp(y - y.max()).sum()
    if "target_scale" in recipe:
        y = y / w["input/target_factor"] + w["input/target_shift"]
        y = np.exp(y) if recipe["target_scale"] == "log" else y
    print(*(repr(float(one)) for one in y), sep=",")
