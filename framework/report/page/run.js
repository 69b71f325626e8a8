// What only the page of a single run has: all scores, the data, the layers, answers beside what is true.
const facts = page.kind === "run" ? page.configs[0].facts : null;
const theRun = page.configs[0]?.runs[0] ?? {};
const runParts = ["train", "validation", "test"].filter((key) => theRun[key]);
const scoreText = (name, value) => Array.isArray(value) || !is(value) ? "\u2013" : facts.fractions.includes(name) ? percent(value) : number(value);
function scrolled(label, table) {
  return h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": label}, table);
}
function scoreSection() {
  if (!facts || runParts.length === 0) return null;
  const names = [...new Set(runParts.flatMap((key) => Object.keys(theRun[key])))].filter((name) => !runParts.some((key) => Array.isArray(theRun[key][name])));
  const rows = names.map((name) => [name, ...runParts.map((key) => scoreText(name, theRun[key][name]))]);
  return h("section", {"aria-labelledby": "scores"}, h("h2", {id: "scores"}, "All scores"),
    scrolled("All scores", plainTable(["score", ...runParts.map((key) => partNames[key])], rows)), classScores());
}
function classScores() {
  const key = ["test", "validation", "train"].find((key) => theRun.per_class?.[key]);
  if (!key) return null;
  const scores = Object.entries(theRun.per_class[key]), count = scores[0][1].length, names = page.configs[0].classes;
  const row = (i) => [names?.length === count ? names[i] : count === 1 ? "yes" : String(i), ...scores.map(([name, values]) => scoreText(name, values[i]))];
  return [h("h3", {class: "apart"}, `Class by class, ${partNames[key]} part`), scrolled("Scores of each class", plainTable(["class", ...scores.map(([name]) => name)], Array.from({length: count}, (_, i) => row(i))))];
}
function dataSection() {
  if (!facts) return null;
  const parts = Object.entries(facts.parts ?? {}).map(([key, count]) => `${partNames[key]} ${number(count, 9)}`);
  return h("section", {"aria-labelledby": "data-and-layers"}, h("h2", {id: "data-and-layers"}, "Data and layers"),
    h("dl", null, h("dt", null, "examples"), h("dd", null, parts.join(", ")), h("dt", null, "inputs"), h("dd", null, facts.inputs),
      facts.target.split("\n").map((line) => [h("dt", null, "target"), h("dd", null, line.trim().replace(/^target:? /, ""))])),
    scrolled("Layers", plainTable(["layer", "type", "output", "parameters", "activation"],
      facts.layers.map((layer) => [layer.name, layer.type, layer.output, number(layer.parameters, 9), layer.activation || "\u2013"]))));
}
const ofExamples = ({examples, of}) => examples === of ? `all ${plural(of, "example")} of the ${partNames[part]} part` : `${number(examples, 9)} of ${number(of, 9)} examples of the ${partNames[part]} part, evenly spread`;
/// Predicted against true: what is right lies on the diagonal.
function pairsFigure(answers) {
  const all = answers.pairs.filter(([a, b]) => is(a) && is(b)), ends = padded(all.flat());
  const draw = (width) => {
    const size = Math.min(width - 80, 380), plot = {left: 66, right: 66 + size, top: 20, bottom: 20 + size};
    const x = linear(...ends, plot.left, plot.right, 4), y = linear(...ends, plot.bottom, plot.top, 4);
    return drawing(width, plot.bottom + 44, `Predicted against true ${answers.name}`, `${all.length} examples from ${number(ends[0])} to ${number(ends[1])}; on the line: right.`,
      axes(plot, x, y, {xName: `true ${answers.name}`, yName: "predicted", xText: (t) => number(t, 3), yText: (t) => number(t, 3)}),
      s("line", {x1: x(ends[0]), y1: y(ends[0]), x2: x(ends[1]), y2: y(ends[1]), stroke: "var(--c0)", "stroke-dasharray": "4 3"}),
      all.map(([a, b]) => s("circle", {cx: x(a).toFixed(1), cy: y(b).toFixed(1), r: 2.6, fill: "var(--c1)", "fill-opacity": 0.55})));
  };
  return figure({title: "Predicted against true", note: ofExamples(answers), draw, columns: () => ["true", "predicted", "difference"],
    numbers: () => all.slice(0, 50).map(([a, b]) => [number(a), number(b), number(b - a, 3)])}).element;
}
/// A curve from 0 to 1 both ways, over every border between yes and no.
function borderFigure(answers, {title, note, points, xName, yName, base}) {
  const draw = (width) => {
    const size = Math.min(width - 80, 340), plot = {left: 60, right: 60 + size, top: 20, bottom: 20 + size};
    const x = linear(0, 1, plot.left, plot.right, 4), y = linear(0, 1, plot.bottom, plot.top, 4);
    return drawing(width, plot.bottom + 44, title, note, axes(plot, x, y, {xName, yName}),
      s("path", {class: "line", d: base(x, y), stroke: "var(--soft)", "stroke-dasharray": "4 3"}),
      s("path", {class: "line", d: points.map(([a, b], i) => `${i ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join(""), stroke: "var(--c1)", "stroke-width": 2.5}));
  };
  return figure({title, note, draw, columns: () => [xName, yName], numbers: () => points.map((point) => point.map((v) => number(v, 3)))}).element;
}
function answerSection() {
  const answers = page.configs[0]?.answers;
  if (!facts || !answers) return null;
  const head = (text) => h("h2", {id: "answers"}, text);
  if (answers.pairs) return h("section", {"aria-labelledby": "answers"}, head("Answers beside what is true"), h("div", {class: "grid"}, pairsFigure(answers)));
  const points = answers.borders;
  return h("section", {"aria-labelledby": "answers"}, head("Wherever the border is set"),
    h("p", {class: "note"}, `A yes is ${answers.name}; ${ofExamples(answers)}.`),
    h("div", {class: "grid"},
      borderFigure(answers, {title: "ROC curve", note: `area ${number(answers.area)}; dashed: chance`, points: [[0, 0], ...points.map(([fp, recall]) => [fp, recall])], xName: "share of the others that is called yes", yName: "share of yeses that is found",
        base: (x, y) => `M${x(0)} ${y(0)}L${x(1)} ${y(1)}`}),
      borderFigure(answers, {title: "Precision and recall", note: `average precision ${number(answers.average_precision)}; dashed: all called yes`, points: [[0, points[0][2]], ...points.map(([, recall, precision]) => [recall, precision])], xName: "recall: share of yeses that is found", yName: "precision",
        base: (x, y) => `M${x(0)} ${y(points.at(-1)[2])}L${x(1)} ${y(points.at(-1)[2])}`})));
}
