// ---- the plane of two inputs: what the network, or one unit, says there
const planeHead = h("h2", null, "Output"), planeSaid = h("p", {class: "note"});
const planeCanvas = h("canvas", {"aria-hidden": "true"}), lineCanvas = h("canvas", {"aria-hidden": "true"}), pointCanvas = h("canvas", {role: "img", "aria-label": "Output over the plane"});
const planeBox = h("div", {class: "plane", pointermove: pointed, pointerleave: () => planeSaid.replaceChildren()}, planeCanvas, lineCanvas, pointCanvas);
const showTest = h("input", {type: "checkbox", change: drawPoints});
const scaleCanvas = h("canvas", {width: 256, height: 1}), scaleLow = h("span"), scaleHigh = h("span");
const planeScale = h("span", {class: "scale"}, scaleLow, scaleCanvas, scaleHigh);
const planeClasses = h("ul", {class: "classes"});
const axisAt = (axis, share) => axis.low + (axis.high - axis.low) * share;
const planeGrid = () => [0.1, 0.3, 0.5, 0.7, 0.9];
const planeTable = table("Numbers of this picture", () => [`${hello.plane.y.name} \\ ${hello.plane.x.name}`, ...planeGrid().map((p) => number(axisAt(hello.plane.x, p)))],
  () => planeGrid().reverse().map((q, row) => [number(axisAt(hello.plane.y, q)), ...planeGrid().map((_, column) => inTable(row * planeGrid().length + column))]));
// of a table with more columns, those that it is over
const planeChoices = ["x", "y"].map((axis) => h("select", {"aria-label": axis === "x" ? "Column to the right" : "Column upwards", change: choosePlane}));
const planeChoice = h("p", {class: "note", hidden: true}, "over ", planeChoices[0], " and ", planeChoices[1], ", the others as in a row in their middle");
async function choosePlane() { say(await post({do: "plane", x: planeChoices[0].value, y: planeChoices[1].value})); }
function beginPlane() {
  const columns = hello.plane?.columns;
  planeChoice.hidden = !columns || Boolean(recording);
  if (columns && !planeChoices.includes(document.activeElement)) planeChoices.forEach((choice, i) => choice.replaceChildren(...columns.map((name) => h("option", {value: name, selected: name === hello.plane[i === 0 ? "x" : "y"].name}, name))));
}
const planeSection = h("div", null, h("div", {class: "head"}, planeHead, planeSaid), planeChoice, planeBox,
  h("div", {class: "under"}, planeScale, planeClasses, h("label", {class: "others"}, showTest, "points not trained on")), planeTable);
let planeValues = new Uint8Array(0), certain = null, planeSize = 96, planeRange = [-1, 1], planeWidth = 0;
let planeUnit = 0, planeNumbers = null, beyond = [false, false]; // of the output: its numbers where they were sent, and whether some lie beyond the colours
function drawPlane() {
  if (!hello.plane) return;
  const unit = over ?? chosen ?? outputUnit(), output = chosen === null && over === null || isOutput(unit);
  const all = bytes(output ? frame.output : frame.units), n = cellsAlong(), most = frame.scale[unit];
  certain = output && frame.certain ? bytes(frame.certain) : null;
  planeSize = output ? Math.sqrt(all.length) : n;
  planeValues = output ? all : all.subarray(unit * n * n, (unit + 1) * n * n);
  planeUnit = output ? unitCount() : unit;
  planeNumbers = output && frame.numbers ? floats(frame.numbers) : null;
  beyond = output && frame.beyond || [false, false];
  planeRange = output ? [hello.output.low_in_units, hello.output.high_in_units] : [-most, most];
  if (planeCanvas.width !== planeSize) planeCanvas.width = planeCanvas.height = planeSize;
  if (certain) paintClasses(); else paint(planeCanvas, planeValues, 0, planeSize);
  planeHead.textContent = output ? (certain || hello.layers.at(-1).units === 1 ? "Output" : `Output: ${hello.targets[0] ?? "the first"}`) : unitName(unit);
  planeScale.hidden = certain !== null;
  const names = output && hello.classes.length === 2 && !hasManyClasses() ? hello.classes : null; // of a yes or no
  [scaleLow, scaleHigh].forEach((end, i) => { end.textContent = (beyond[i] ? "\u2264\u2265"[i] + "\u00a0" : "") + number(planeRange[i], 3) + (names ? ` ${names[i]}` : ""); });
  pointCanvas.setAttribute("aria-label", planeHead.textContent + " over the plane: " + (certain ? hello.classes.map((name, k) => `${name} on ${share((v) => v === k)}`).join(", ")
    : `above ${number((planeRange[0] + planeRange[1]) / 2, 3)} on ${share((v) => v > 127)} of it`));
  drawLine();
}
/// Returns whether points have a colour for each class, instead of one between two.
const hasManyClasses = () => hello.output.is_class;
/// Says which colour is which class; squares and circles as the points are.
function nameClasses() {
  const most = 10, names = hello.plane && hasManyClasses() ? hello.classes : [];
  planeClasses.hidden = names.length === 0;
  planeClasses.replaceChildren(...names.slice(0, most).map((name, k) => h("li", null, h("span", {class: k % 2 ? "square" : "circle", style: {background: classColors[k % classColors.length]}}), name)),
    ...(names.length > most ? [h("li", null, `${names.length - most} more`)] : []));
}
const share = (is) => `${Math.round((100 * planeValues.reduce((count, v) => count + is(v), 0)) / planeValues.length)} %`;
function paintClasses() {
  const n = planeSize, context = planeCanvas.getContext("2d"), image = context.createImageData(n, n), cells = new Uint32Array(image.data.buffer);
  const mid = rgb(variable("--mid")), colors = classColors.map(rgb);
  for (let i = 0; i < n * n; ++i) cells[i] = packed(mixed(mid, colors[planeValues[i] % colors.length], 0.25 + 0.5 * Math.max(0, (certain[i] - 127.5) / 127.5)));
  context.putImageData(image, 0, 0);
}
/// A number of the table: the network's own, whatever the colours can show.
function inTable(at) {
  const v = floats(frame.table)[at * (unitCount() + 1) + planeUnit];
  return planeUnit === unitCount() && hello.output.is_class ? hello.classes[v] ?? String(v) : number(v);
}
/// What is at the pointer: the output's numbers, between those of cells, once the run stands still; else what the colour says, which is less.
function valueAt(p, q) {
  const column = Math.floor(p * planeSize), row = Math.floor((1 - q) * planeSize), v = planeValues[row * planeSize + column];
  if (v === undefined) return "\u2013";
  if (certain) return hello.classes[v] ?? String(v);
  if (planeNumbers) return number(numberAt(planeNumbers, p, 1 - q));
  const [low, high] = planeRange, shade = (high - low) / 255, places = Math.min(6, Math.max(0, Math.floor(-Math.log10(shade))));
  if (v === 0 && beyond[0]) return `at most ${number(low, 3)}`;
  if (v === 255 && beyond[1]) return `at least ${number(high, 3)}`;
  return "about " + still(low + shade * v, places);
}
/// Returns a number between those of cells; of several cells, one has its number.
function numberAt(numbers, right, down) {
  const n = Math.sqrt(numbers.length), at = (share) => Math.min(Math.max((share * planeSize - 0.5) / (planeSize / n), 0), n - 1);
  const x = at(right), y = at(down), c = Math.min(Math.floor(x), n - 2), r = Math.min(Math.floor(y), n - 2), of = (row, column) => numbers[row * n + column];
  const along = (row) => of(row, c) + (of(row, c + 1) - of(row, c)) * (x - c);
  return along(r) + (along(r + 1) - along(r)) * (y - r);
}
function pointed(event) {
  if (!hello?.plane) return;
  const box = planeBox.getBoundingClientRect(), p = (event.clientX - box.left) / box.width, q = 1 - (event.clientY - box.top) / box.height;
  planeSaid.textContent = `(${number(axisAt(hello.plane.x, p), 3)}, ${number(axisAt(hello.plane.y, q), 3)})  ${valueAt(p, q)}`;
}
function sized(canvas) { // for the screen's own pixels, emptied; null where nothing is laid out yet
  const size = Math.round(planeWidth * (window.devicePixelRatio || 1)), context = canvas.getContext("2d");
  if (size === 0) return null;
  if (canvas.width !== size) canvas.width = canvas.height = size; else context.clearRect(0, 0, size, size);
  return {context, size};
}
new ResizeObserver(() => { planeWidth = planeBox.clientWidth; drawPoints(); request(); }).observe(planeBox);
/// Marching squares: the line where the picture changes side.
function drawLine() {
  const place = sized(lineCanvas), n = planeSize, values = planeValues;
  if (!place || values.length === 0 || certain) return;
  const {context, size} = place, cell = size / n;
  context.strokeStyle = variable("--contour"); context.lineWidth = size / 290; context.globalAlpha = 0.75;
  context.beginPath();
  for (let r = 0; r + 1 < n; ++r)
    for (let c = 0, i = r * n; c + 1 < n; ++c, ++i) {
      const above = (values[i] > 127) + (values[i + 1] > 127) + (values[i + n] > 127) + (values[i + n + 1] > 127);
      if (above === 0 || above === 4) continue;
      const a = values[i] - 127.5, b = values[i + 1] - 127.5, d = values[i + n] - 127.5, e = values[i + n + 1] - 127.5, ends = [];
      if (a * b < 0) ends.push([c + a / (a - b), r]);
      if (b * e < 0) ends.push([c + 1, r + b / (b - e)]);
      if (d * e < 0) ends.push([c + d / (d - e), r + 1]);
      if (a * d < 0) ends.push([c, r + a / (a - d)]);
      for (let k = 0; k + 1 < ends.length; k += 2) { context.moveTo((ends[k][0] + 0.5) * cell, (ends[k][1] + 0.5) * cell); context.lineTo((ends[k + 1][0] + 0.5) * cell, (ends[k + 1][1] + 0.5) * cell); }
    }
  context.stroke();
}
/// Training points are filled, others hollow; squares and circles tell two classes without colour.
function drawPoints() {
  if (hello) nameClasses();
  const place = hello?.plane && points ? sized(pointCanvas) : null;
  if (!place) return;
  const {context, size} = place, unit = size / 400, paper = variable("--paper"), {x, y} = hello.plane, {low, high} = hello.output;
  const many = hasManyClasses(), middle = (low + high) / 2;
  for (const [px, py, target, part] of points) {
    const other = part > 0;
    if (other && !showTest.checked) continue;
    const at = [((px - x.low) / (x.high - x.low)) * size, (1 - (py - y.low) / (y.high - y.low)) * size];
    const square = many ? target % 2 === 1 : target < middle, r = (square ? 2.5 : 3) * unit;
    const color = many ? classColors[target % classColors.length] : target === low || target === high ? weightColor[square ? 0 : 1] : "#" + [0, 8, 16].map((shift) => ((shades[Math.round((255 * (target - low)) / (high - low || 1))] >> shift) & 255).toString(16).padStart(2, "0")).join("");
    context.beginPath();
    if (square) context.rect(at[0] - r, at[1] - r, 2 * r, 2 * r); else context.arc(at[0], at[1], r, 0, 7);
    context.fillStyle = other ? paper : color; context.strokeStyle = other ? color : paper; context.lineWidth = (other ? 1.6 : 1) * unit;
    context.fill(); context.stroke();
  }
}
