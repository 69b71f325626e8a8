// A live page: what the run's pictures say, and what one can do about the run. This file: numbers,
// colours, and what is known of the run.

const minus = (text) => text.replace("-", "\u2212");
const grouped = (text) => text.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
const raised = (text) => text.replace(/[-\d]/g, (c) => (c === "-" ? "\u207b" : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[c]));
function number(x, digits = 4) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "\u2013";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
    const [front, power] = x.toExponential(digits > 4 ? digits - 1 : 2).split("e");
    return minus(digits > 4 ? String(Number(front)) : front) + "\u00b710" + raised(String(Number(power)));
  }
  const [whole, rest] = (size >= 10 ** digits ? String(Math.round(x)) : String(Number(x.toPrecision(digits)))).split(".");
  return minus(grouped(whole) + (rest ? "." + rest : ""));
}
const still = (x, places = 4) => (Number.isFinite(x) ? minus(x.toFixed(places)) : "\u2013"); // does not jump while it changes
function bytes(text) {
  const raw = atob(text ?? ""), all = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) all[i] = raw.charCodeAt(i);
  return all;
}
const floats = (text) => new Float32Array(bytes(text).buffer);
const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
/// A table that is filled while it is open.
function table(title, columns, rows) {
  const holder = h("div", {class: "scroll"});
  const fill = () => details.open && !details.closest("[hidden]") && holder.replaceChildren(h("table", null,
    h("thead", null, h("tr", null, columns().map((c) => h("th", {scope: "col"}, c)))),
    h("tbody", null, rows().map((r) => h("tr", null, r.map((c) => h("td", null, c)))))));
  const details = h("details", {toggle: fill}, h("summary", null, title), holder);
  details.renew = fill;
  return details;
}

// ---- what is known of the run
const between = 8; // pictures of a recording from one with answers to the next
let hello = null, frame = null, points = null, answers = null, curve = [], past = [], tape = [], lost = false;
let layouts = []; // of networks that the run had: each frame says by which one it is drawn
let over = null, chosen = null; // units: under the pointer, pinned
const tapeElement = document.getElementById("tape");
const recording = tapeElement && JSON.parse(tapeElement.textContent);
const unitCount = () => hello.layers.reduce((sum, layer) => sum + layer.units, 0);
const outputUnit = () => unitCount() - 1;
/// Whether a unit's picture is that of the output.
const isOutput = (unit) => unit === outputUnit() && hello.layers.at(-1).units === 1;
/// The layer of a unit and its index there.
function place(unit) {
  let first = 0;
  for (const [layer, l] of hello.layers.entries()) {
    if (unit < first + l.units) return {layer, index: unit - first};
    first += l.units;
  }
  return {layer: hello.layers.length - 1, index: 0};
}
function unitName(unit) {
  const {layer, index} = place(unit), l = hello.layers[layer];
  const last = layer === hello.layers.length - 1;
  if (last && hello.classes.length === l.units) return hello.classes[index];
  if (last && hello.ordered && l.units > 1) return `above ${hello.classes[index]}`;
  if (last && hello.targets.length === l.units && l.units > 1) return hello.targets[index];
  return last && l.units === 1 ? "output" : `${l.name}, unit ${index + 1}`;
}

// ---- talking with the run
let refused = ""; // why the last thing that was asked for was not done; stays until another is
const say = (text) => { problem.textContent = refused = text; };
function send(command) {
  if (recording) return replay(command);
  say("");
  return fetch("command", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(command)})
    .then(async (answer) => { if (!answer.ok) say(await answer.text()); })
    .catch(() => { lost = true; request(); });
}
let source = null, due = false, moving = false;
function hear(name, data) {
  if (name === "hello") { hello = data; keepLayout(); begin(); }
  if (name === "points") { points = data; drawPoints(); }
  if (name === "curve") takeCurve(data);
  if (name === "answers") { answers = data; drawAnswers(); request(); if (frame && !tape.slice(-between).some((f) => f.answers)) frame.answers = data; }
  if (name === "rebuilt") drawRebuilt(data.libraries);
  if (name === "moved") moveTo(data); // what it is to say after # is of the other run
  if (name === "frame") {
    if (data.step === undefined) return say(data.said);
    frame = data;
    lost = false;
    setByAddress();
    keepOnTape();
    request();
  }
}
/// Another process is to answer there; it takes a moment to begin.
async function moveTo(address) {
  source?.close();
  moving = true;
  for (let tries = 0; tries < 300; ++tries) {
    if (await fetch(address).then((answer) => answer.ok, () => false)) return location.replace(address);
    await new Promise((later) => setTimeout(later, 200));
  }
  say("The process that was to go on does not answer: its terminal says why.");
}
function takeCurve({all, rows}) {
  if (all) { if (curve.length > 1) past = curve; curve = rows; } else curve = curve.concat(rows);
  if (curve.length > 0 && past.length > 0 && curve.at(-1)[0] >= past.at(-1)[0]) past = [];
}
/// Keeps what a saved page draws a network by: not what is there to change it, nor where files are.
function keepLayout() {
  const layout = {...hello, settings: undefined, layer_list: undefined, command: undefined, run: undefined, config: undefined, sets: undefined, warnings: undefined};
  if (JSON.stringify(layout) !== JSON.stringify(layouts.at(-1))) layouts.push(layout);
}
function keepOnTape() {
  frame.layout = layouts.length - 1;
  tape = tape.filter((old) => old.step < frame.step);
  tape.push(frame);
  if (tape.length > 240) tape = tape.filter((_, i) => i % 2 === 0 || i > 160);
}
function listen() {
  if (source || recording || moving) return;
  source = new EventSource("events");
  for (const name of ["hello", "points", "curve", "answers", "frame", "rebuilt", "moved"])
    source.addEventListener(name, (event) => hear(name, JSON.parse(event.data)));
  source.onerror = () => { lost = true; request(); };
}
// A page that nobody sees asks for nothing: browsers open six streams to one server, and training is spared.
document.addEventListener("visibilitychange", () => { if (document.hidden) { source?.close(); source = null; } else listen(); });
function request() { if (!due) { due = true; requestAnimationFrame(() => { due = false; if (hello && frame) draw(); }); } }

// ---- colours: a byte is a shade, from blue over paper to orange; classes have colours of their own
const shades = new Uint32Array(256), classColors = [];
let weightColor = ["", ""];
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const packed = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
const mixed = (from, to, share) => from.map((m, k) => Math.round(m + (to[k] - m) * share));
function mixShades() {
  const low = rgb(variable("--plane-low")), mid = rgb(variable("--mid")), high = rgb(variable("--plane-high"));
  for (let i = 0; i < 256; ++i) shades[i] = packed(mixed(mid, i < 128 ? low : high, (Math.abs(i - 127.5) / 127.5) ** 0.85));
  weightColor = [variable("--low"), variable("--high")];
  classColors.splice(0, classColors.length, ...[1, 2, 3, 4, 5, 6, 0, 7].map((i) => variable(`--c${i}`)));
}
function paint(canvas, values, from, n) {
  const context = canvas.getContext("2d"), image = context.createImageData(n, n), cells = new Uint32Array(image.data.buffer);
  for (let i = 0; i < n * n; ++i) cells[i] = shades[values[from + i]];
  context.putImageData(image, 0, 0);
}
/// Bars of a histogram, dark where there are numbers.
function paintBars(canvas, heights) {
  const n = heights.length, context = canvas.getContext("2d");
  if (canvas.width !== n) canvas.width = canvas.height = n;
  context.clearRect(0, 0, n, n);
  context.fillStyle = variable("--soft");
  for (let i = 0; i < n; ++i) { const height = (heights[i] / 255) * (n - 3); if (height > 0) context.fillRect(i, n - Math.max(1, height), 1, Math.max(1, height)); }
}
/// An image of the data, or of weights: grey, or red, green and blue.
function paintPixels(canvas, values, {height, width, channels}) {
  canvas.width = width; canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; ++i) {
    for (let c = 0; c < 3; ++c) image.data[4 * i + c] = values[i * channels + (channels === 3 ? c : 0)];
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
