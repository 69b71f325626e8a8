// ---- the network: every unit with what it says, every weight as a line; large layers as blocks
const network = h("div", {class: "network", role: "group", "aria-label": "The network"});
const card = h("div", {class: "card", hidden: true});
const inputWeights = h("div", {class: "below"});
const cellsAlong = () => hello.cells;
let nodes = [], links = [], blocks = [], drawnAs = "", weights = new Float32Array(0);
const curved = (a, b) => { const m = (b.x - a.x) * 0.45; return `M${a.x} ${a.y}C${a.x + m} ${a.y} ${b.x - m} ${b.y} ${b.x} ${b.y}`; };
/// Where the numbers of each layer that is drawn with lines begin: weights, units by inputs, then biases.
function numbersOf(layer) {
  let at = 0;
  for (const [k, l] of hello.layers.entries()) {
    const before = l.from[0] < 0 ? hello.inputs.length : hello.layers[l.from[0]].units;
    if (k === layer) return {weights: at, before, bias: l.bias ? at + l.units * before : -1};
    if (l.weights) at += l.units * before + (l.bias ? l.units : 0);
  }
  return null;
}
const isNamedByClass = () => hello.classes.length > 1 && hello.classes.length === hello.layers.at(-1).units;
const columnsOf = () => [hello.inputs.length, ...hello.layers.map((l) => l.units)];
function layOut() {
  const width = Math.floor(network.clientWidth), as = width + JSON.stringify(hello.layers);
  if (as === drawnAs || width === 0) return;
  drawnAs = as; nodes = []; links = []; blocks = []; over = null; shut();
  const counts = columnsOf(), narrow = width < 560, rows = Math.max(3, ...counts), top = 42;
  const size = Math.min(narrow ? 34 : 48, Math.floor(((width - 60) / counts.length) * 0.7)), pitch = size + (narrow ? 10 : rows > 8 ? 8 : 16);
  // beside the inputs are their names, below a block is its shape, beside the last units are those of classes
  const left = hello.inputs.length > 0 ? (narrow ? 52 : 72) : narrow ? 30 : 36, height = top + rows * pitch;
  const named = isNamedByClass() ? Math.min(narrow ? 52 : 90, 10 + 7 * Math.max(...hello.classes.map((name) => name.length))) : 0;
  const x = (column) => left + (column * (width - left - size - 2 - named)) / (counts.length - 1);
  const svg = s("svg", {width, height, "aria-hidden": "true"}), elements = [svg];
  const columns = counts.map((count, column) => {
    elements.push(heading(column, x(column) + size / 2, narrow, counts.length, Math.floor((x(1) - x(0)) / 8)));
    if (count === 0) return [blockAt(column, x(column), top + ((rows - 1) / 2) * pitch, size, elements, x(1) - x(0))];
    return Array.from({length: count}, (_, i) => unitAt(column, i, x(column), top + ((rows - count) / 2 + i) * pitch, size, elements, svg, left));
  });
  hello.layers.forEach((layer, k) => layer.from.forEach((from) => addLines(columns[from + 1], columns[k + 1], k, narrow)));
  svg.append(...links.map((l) => l.line), ...links.map((l) => l.hit).filter(Boolean), ...nodes.map((n) => n.bias).filter(Boolean));
  network.replaceChildren(...elements, card);
  if (hello.input_pictures) {
    const values = bytes(hello.input_pictures), n = cellsAlong();
    for (const node of nodes) if (node.unit < 0) node.values = values.subarray(node.index * n * n, (node.index + 1) * n * n);
  }
  showInputs();
}
/// room: how many letters have place beside those of the next layer.
function heading(column, at, narrow, count, room) {
  if (column === 0) return h("div", {class: "layer", style: {left: at + "px"}}, "Inputs");
  const layer = hello.layers[column - 1], text = column === count - 1 ? (narrow ? "Out" : "Output") : layer.units ? (narrow ? String(layer.units) : layer.name) : layer.name.length > room ? "" : layer.name;
  return h("div", {class: "layer", title: `${layer.name}: ${layer.type}${layer.activation ? ", " + layer.activation : ""}, ${layer.shape}`, style: {left: at + "px"}}, h("span", null, text));
}
function unitAt(column, index, px, py, size, elements, svg, left) {
  const n = hello.plane ? cellsAlong() : 32, canvas = h("canvas", {width: n, height: n});
  const unit = column === 0 ? -1 : columnsOf().slice(1, column).reduce((a, b) => a + b, 0) + index;
  const button = h("button", {type: "button", class: "unit", "aria-label": column === 0 ? `Input ${hello.inputs[index]}` : unitName(unit), style: {left: px + "px", top: py + "px", width: size + "px", height: size + "px"}}, canvas);
  const node = {unit, index, column, button, canvas, in: {x: px, y: py + size / 2}, out: {x: px + size, y: py + size / 2}, corner: {x: px, y: py + size}};
  elements.push(button);
  nodes.push(node);
  if (column === 0) {
    const name = hello.inputs[index], room = Math.max(4, Math.floor((left - 10) / 7));
    button.disabled = true;
    svg.append(s("text", {x: left - 8, y: node.in.y + 4, "text-anchor": "end", class: "on"}, s("title", null, name), name.length > room ? name.slice(0, room - 1) + "\u2026" : name));
    return node;
  }
  if (column === columnsOf().length - 1 && isNamedByClass()) {
    const name = hello.classes[index], room = Math.max(3, Math.floor((network.clientWidth - px - size - 8) / 7));
    svg.append(s("text", {x: px + size + 6, y: node.in.y + 4, class: "on"}, s("title", null, name), name.length > room ? name.slice(0, room - 1) + "\u2026" : name));
  }
  button.addEventListener("click", () => { chosen = chosen === unit || isOutput(unit) ? null : unit; showInputs(); request(); });
  button.addEventListener("pointerenter", () => { over = unit; request(); });
  button.addEventListener("pointerleave", () => { over = null; request(); });
  if (hello.layers[column - 1].bias) node.bias = s("circle", {class: "bias", cx: node.corner.x - 1, cy: node.corner.y - 3, r: size < 40 ? 4.5 : 5.5});
  return node;
}
/// A layer that is too large to be drawn by its units: a box with the histograms of its weights, of
/// the slopes that reach it and of what it says, each from as far below 0 to as far above.
const strips = ["weights", "slopes", "outputs"];
const stripOf = (block, what) => block.column === 0 ? null : what === "weights" ? frame.histograms?.[block.column - 1] : answers?.layers?.[block.column - 1]?.[what];
const blocksTable = table("Numbers of the layers", () => ["layer", ...strips.map((what) => `${what} up to`)],
  () => blocks.filter((block) => block.column > 0).map((block) => [block.name, ...strips.map((what) => number(stripOf(block, what)?.most))]));
/// room: how wide its shape may be; one that is wider has a line for each size.
function blockAt(column, px, py, size, elements, room) {
  const canvases = strips.map(() => h("canvas", {width: 32, height: 32})), layer = column > 0 ? hello.layers[column - 1] : null;
  const shape = layer ? layer.shape : hello.input_shape, fits = shape.length * 7 < room;
  const label = h("span", null, fits ? shape : shape.split(" x ").flatMap((n, i) => i === 0 ? [n] : [h("br"), `x ${n}`]));
  const box = h("div", {class: "block", role: "img", style: {left: px + "px", top: py + "px", width: size + "px", height: size + "px"}}, column > 0 ? canvases : null);
  elements.push(box, h("div", {class: fits ? "layer" : "layer lines", style: {left: px + size / 2 + "px", top: py + size + "px"}}, label));
  const block = {column, box, canvases, name: layer?.name ?? "the inputs", in: {x: px, y: py + size / 2}, out: {x: px + size, y: py + size / 2}};
  blocks.push(block);
  return block;
}
function addLines(before, after, layer, narrow) {
  const l = hello.layers[layer], numbers = l.weights ? numbersOf(layer) : null;
  after.forEach((to, i) => {
    if (numbers?.bias >= 0) hitOf(to.bias, {unit: to.unit, name: `bias of ${unitName(to.unit)}`, index: numbers.bias + i, at: {x: to.corner.x, y: to.corner.y - 12}});
    before.forEach((from, j) => {
      const d = curved(from.out, to.in), line = s("path", {class: "link", d});
      const link = {from: from.unit, to: to.unit, input: j, line, index: numbers ? numbers.weights + i * numbers.before + j : -1, at: {x: (from.out.x + to.in.x) / 2, y: (from.out.y + to.in.y) / 2}};
      if (numbers) {
        link.name = `${from.unit < 0 ? hello.inputs[from.index] : unitName(from.unit)} \u2192 ${unitName(to.unit)}`;
        link.hit = hitOf(s("path", {class: "hit", d}), link);
      } else if (before.length * after.length > 60) return;
      links.push(link);
    });
  });
}
function hitOf(element, link) {
  element.addEventListener("pointerenter", () => { if (!card.pinned) { tell(link); request(); } });
  element.addEventListener("pointerleave", () => { if (!card.pinned) { shut(); request(); } });
  element.addEventListener("click", (event) => { if (recording) return; event.stopPropagation(); shut(); tell(link); card.pinned = true; card.append(...weightFields(link)); card.querySelector("input").focus(); request(); });
  return element;
}
function tell(link) {
  card.link = link; card.hidden = false;
  card.replaceChildren(link.name, h("b", {style: {"margin-left": ".6rem"}}, number(weights[link.index])));
  const edge = Math.min(card.offsetWidth / 2, network.clientWidth / 2);
  filled(card, {style: {left: Math.min(Math.max(link.at.x, edge), network.clientWidth - edge) + "px", top: link.at.y - 10 + "px"}});
}
function shut() { card.hidden = true; card.link = null; card.pinned = false; }
card.addEventListener("click", (event) => event.stopPropagation());
card.addEventListener("keydown", (event) => { if (event.key === "Escape") { shut(); request(); } });
document.addEventListener("click", () => { if (card.pinned) { shut(); request(); } });
/// The numbers that go into a unit, as a table: the keyboard's way to them.
const inputsTable = table("Its weights", () => ["from", "weight"], () => inputRows);
let inputRows = [], inputsUnit = -1;
function showInputs() {
  inputsUnit = chosen ?? outputUnit();
  const {layer} = place(inputsUnit), l = hello.layers[layer];
  inputWeights.hidden = !l.weights;
  if (l.weights) inputWeights.replaceChildren(h("h2", null, `What goes into ${unitName(inputsUnit)}`), inputsTable);
}
function drawInputs() {
  const {layer, index} = place(inputsUnit), l = hello.layers[layer];
  if (!l.weights || !inputsTable.open || inputsTable.contains(document.activeElement) && document.activeElement.matches("input")) return;
  const n = numbersOf(layer), from = l.from[0], first = from < 0 ? 0 : hello.layers.slice(0, from).reduce((a, b) => a + b.units, 0);
  inputRows = Array.from({length: n.before}, (_, j) => { const name = from < 0 ? hello.inputs[j] : unitName(first + j); return [name, numberField({unit: inputsUnit, input: j, name: `${name} \u2192 ${unitName(inputsUnit)}`, index: n.weights + index * n.before + j})]; });
  if (n.bias >= 0) inputRows.push(["bias", numberField({unit: inputsUnit, name: `bias of ${unitName(inputsUnit)}`, index: n.bias + index})]);
  inputsTable.renew();
}
function drawNetwork() {
  layOut();
  if (nodes.length + blocks.length === 0) return;
  weights = floats(frame.parameters);
  const n = cellsAlong(), values = bytes(frame.units ?? ""), activations = bytes(frame.activations ?? ""), focus = over ?? chosen;
  for (const node of nodes) {
    if (node.unit < 0) { if (node.values && node.canvas.drawn !== shades[0]) { paint(node.canvas, node.values, 0, n); node.canvas.drawn = shades[0]; } continue; }
    if (hello.plane) paint(node.canvas, values, node.unit * n * n, n);
    else paintBars(node.canvas, activations.subarray(node.unit * 32, node.unit * 32 + 32));
    node.button.setAttribute("aria-pressed", String(node.unit === chosen));
    if (!node.bias) continue;
    const l = numbersOf(node.column - 1), bias = weights[l.bias + node.index];
    filled(node.bias, {fill: weightColor[bias < 0 ? 0 : 1], "fill-opacity": Math.min(1, 0.25 + Math.abs(bias))});
  }
  for (const block of blocks) {
    const told = strips.flatMap((what, i) => {
      const histogram = stripOf(block, what);
      block.canvases[i].hidden = !histogram;
      if (histogram) paintBars(block.canvases[i], bytes(histogram.bins));
      return histogram ? [`${what} up to ${number(histogram.most)}`] : [];
    });
    block.box.setAttribute("aria-label", [block.name, ...told].join(", "));
    block.box.title = told.length > 0 ? `${block.name}, from above: ${told.join("; ")}` : block.name;
  }
  blocksTable.hidden = !blocks.some((block) => block.column > 0);
  blocksTable.renew();
  for (const link of links) {
    const w = link.index < 0 ? 0.3 : weights[link.index], size = Math.abs(w), width = Math.min(8, 0.7 + 2.2 * size ** 0.7);
    filled(link.line, {stroke: link.index < 0 ? "var(--rule)" : weightColor[w < 0 ? 0 : 1], "stroke-width": width.toFixed(2), opacity: Math.min(0.9, 0.18 + size * 0.6).toFixed(2),
      "stroke-dasharray": w < 0 ? `${(width + 5).toFixed(1)} ${(width * 0.4 + 1.6).toFixed(1)}` : "none"});
    link.line.classList.toggle("faint", card.link?.from !== undefined ? link !== card.link : focus !== null && !isOutput(focus) && link.from !== focus && link.to !== focus);
  }
  if (card.link && !card.pinned) tell(card.link);
  drawInputs();
}
