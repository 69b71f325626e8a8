// ---- what the network answers to examples: classes mixed up, numbers against what is true, pictures
const answersBox = h("div", {class: "answers"});
function drawAnswers() {
  if (!hello || !answers || hello.plane && !hello.plane.columns) return;
  const words = {train: "trained on", val: "of the validation part", test: "of the test part"};
  answersBox.replaceChildren();
  filled(answersBox, null, [
    h("div", {class: "head"}, h("h2", null, answers.copies ? "Through the network" : answers.pairs ? "Answers" : "Classes"), h("p", {class: "note"}, `${grouped(String(answers.shown))} of ${grouped(String(answers.of))} examples ${words[answers.part]}`)),
    answers.confusion ? confusion() : answers.mistakes ? mistakes() : answers.copies ? copies() : scatter(), answers.code ? code() : null, answers.wrong ? wrongOnes() : null, answers.filters ? filters() : null]);
}
/// Of a class for each step of a sequence, steps are counted.
const rightText = () => `right: ${number((100 * answers.right) / answers.answers, 3)} %${answers.answers === answers.shown ? "" : ` of ${grouped(String(answers.answers))} steps`}`;
/// A table below what it says: a caption would be no wider than the table.
const under = (text, table) => h("div", null, h("p", {class: "note"}, text), h("div", {class: "scroll"}, table));
function mistakes() {
  const text = `${rightText()}; the most frequent mistakes`;
  return under(text, h("table", {"aria-label": text},
    h("thead", null, h("tr", null, ["true", "answered", "times"].map((n) => h("th", {scope: "col"}, n)))),
    h("tbody", null, answers.mistakes.map(([is, said, times]) => h("tr", null, h("td", null, is), h("td", null, said), h("td", null, String(times)))))));
}
function confusion() {
  const names = answers.classes, most = Math.max(1, ...answers.confusion.flatMap((row, i) => row.filter((_, j) => i !== j)));
  const cell = (count, i, j) => h("td", {class: i === j ? "right" : null, style: i === j || count === 0 ? null : {"background-color": `color-mix(in srgb, var(--high) ${Math.round(15 + (45 * count) / most)}%, transparent)`}}, count === 0 ? "\u00b7" : String(count));
  const text = `${rightText()}; a row for what is true, a column for what was answered`;
  return under(text, h("table", {class: "confusion", "aria-label": text},
    h("thead", null, h("tr", null, h("td"), names.map((n) => h("th", {scope: "col"}, n)))),
    h("tbody", null, answers.confusion.map((row, i) => h("tr", null, h("th", {scope: "row"}, names[i]), row.map((count, j) => cell(count, i, j)))))));
}
function scatter() {
  const pairs = answers.pairs, all = pairs.flat(), low = Math.min(...all), high = Math.max(...all), size = 360, edge = Math.max(52, 20 + 7.2 * Math.max(number(low).length, number(high).length));
  const at = (v) => edge + ((v - low) / (high - low || 1)) * (size - edge - 12), up = (v) => size - at(v);
  const error = Math.sqrt(pairs.reduce((sum, [is, said]) => sum + (is - said) ** 2, 0) / Math.max(1, pairs.length));
  const svg = s("svg", {viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": `What was answered against what is true, ${pairs.length} examples; root of the mean squared difference ${number(error)}`},
    s("line", {class: "gridline", x1: at(low), y1: up(low), x2: at(high), y2: up(high)}), s("line", {class: "axis", x1: edge, x2: size - 12, y1: size - edge, y2: size - edge}), s("line", {class: "axis", x1: edge, x2: edge, y1: 12, y2: size - edge}),
    pairs.map(([is, said]) => s("circle", {cx: at(is).toFixed(1), cy: up(said).toFixed(1), r: 2.5, fill: "var(--accent)", "fill-opacity": 0.6})),
    s("text", {x: edge, y: size - edge + 16}, number(low)), s("text", {x: size - 12, y: size - edge + 16, "text-anchor": "end"}, number(high)),
    s("text", {x: (size + edge) / 2, y: size - 14, "text-anchor": "middle", class: "on"}, `true ${answers.target ?? ""}`), s("text", {x: edge - 6, y: 20, "text-anchor": "end"}, number(high)), s("text", {x: edge - 6, y: size - edge, "text-anchor": "end"}, number(low)),
    s("text", {x: 0, y: 0, transform: `translate(14 ${(size - edge) / 2}) rotate(-90)`, "text-anchor": "middle", class: "on"}, "answered"));
  return h("div", null, svg, table("Numbers of this picture", () => ["true", "answered"], () => pairs.slice(0, 50).map((pair) => pair.map((v) => number(v)))));
}
const pixels = (text, shape, label) => { const canvas = h("canvas", {role: "img", "aria-label": label}); paintPixels(canvas, bytes(text), shape); return canvas; };
function wrongOnes() {
  return h("div", {class: "part"}, h("h3", null, answers.wrong.length ? "Wrong, the surest first" : "None of these is wrong"),
    h("div", {class: "pictures"}, answers.wrong.map((one) => h("figure", null, pixels(one.picture, answers.picture, `${one.is}, taken for ${one.said}`), h("figcaption", null, `${one.is} \u2192 ${one.said}`, h("br"), number(one.output, 3))))));
}
/// Of an autoencoder: examples, and what it makes of each, below it.
function copies() {
  return h("div", {class: "pictures"}, answers.copies.map((one, i) => h("figure", {class: "copy"},
    pixels(one.is, answers.picture, `example ${i + 1}`), pixels(one.said, answers.picture, `what the network makes of example ${i + 1}`))));
}
/// What a layer of two units says, example by example, with pictures where there is room.
function code() {
  const {layer, points, shown, pictures} = answers.code, size = 400, edge = 40;
  const [[left, right], [low, high]] = [0, 1].map((k) => [Math.min(...points.map((p) => p[k])), Math.max(...points.map((p) => p[k]))]);
  const x = (v) => edge + ((v - left) / (right - left || 1)) * (size - 2 * edge), y = (v) => size - edge - ((v - low) / (high - low || 1)) * (size - 2 * edge), side = 18;
  const picture = (i, k) => {
    const canvas = pixels(pictures[k], answers.picture, `example ${i + 1} at ${number(points[i][0], 3)}, ${number(points[i][1], 3)}`);
    Object.assign(canvas.style, {width: `${(100 * side) / size}%`, left: `${(100 * (x(points[i][0]) - side / 2)) / size}%`, top: `${(100 * (y(points[i][1]) - side / 2)) / size}%`});
    return canvas;
  };
  const svg = s("svg", {viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": `The two outputs of ${layer} for ${points.length} examples, from ${number(left, 3)} to ${number(right, 3)} and from ${number(low, 3)} to ${number(high, 3)}`},
    s("line", {class: "axis", x1: edge / 2, x2: size - edge / 2, y1: size - edge / 2, y2: size - edge / 2}), s("line", {class: "axis", x1: edge / 2, x2: edge / 2, y1: edge / 2, y2: size - edge / 2}),
    points.map(([a, b]) => s("circle", {cx: x(a).toFixed(1), cy: y(b).toFixed(1), r: 2, fill: "var(--accent)", "fill-opacity": 0.5})),
    s("text", {x: edge / 2, y: size - 4}, number(left, 3)), s("text", {x: size / 2, y: size - 4, "text-anchor": "middle", class: "on"}, `first unit of ${layer}`), s("text", {x: size - edge / 2, y: size - 4, "text-anchor": "end"}, number(right, 3)),
    s("text", {x: edge / 2 + 6, y: edge / 2 + 8}, number(high, 3)), s("text", {x: edge / 2 + 6, y: size - edge / 2 - 6}, number(low, 3)), s("text", {x: 0, y: 0, transform: `translate(12 ${size / 2}) rotate(-90)`, "text-anchor": "middle", class: "on"}, "second unit"));
  return h("div", {class: "part"}, h("h3", null, `The code: what ${layer} says`), h("p", {class: "note"}, "All that passes is these two numbers; what lies near each other looks alike to the network."),
    h("div", {class: "code"}, svg, shown.map(picture)), table("Numbers of the code", () => ["first unit", "second unit"], () => points.slice(0, 50).map((p) => p.map((v) => number(v)))));
}
function filters() {
  const f = answers.filters;
  return h("div", {class: "part"}, h("h3", null, `Weights of ${f.layer}`), h("p", {class: "note"}, `${f.pictures.length} of ${f.of} units; grey is 0, white above, black below`),
    h("div", {class: "pictures small"}, f.pictures.map((one, i) => pixels(one, f, `weights of unit ${i + 1}`))));
}
