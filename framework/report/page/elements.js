// What every part of the page uses: numbers as people read them, scales, the figure.
const page = JSON.parse(document.getElementById("data").textContent);

// ---- numbers
const is = (x) => typeof x === "number" && Number.isFinite(x);
const minus = (text) => text.replace("-", "\u2212");
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
function number(x, digits = 4) {
  if (!is(x)) return "\u2013";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
    const [mantissa, exponent] = x.toExponential(Math.min(digits, 3) - 1).split("e");
    const raised = [...String(Number(exponent))].map((c) => (c === "-" ? "\u207b" : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[Number(c)]));
    return minus(mantissa) + "\u00b710" + raised.join("");
  }
  const text = size >= 10 ** digits ? String(Math.round(x)) : String(Number(x.toPrecision(digits)));
  const [whole, rest] = text.split(".");
  return minus((whole.replace("-", "").length > 4 ? grouped(whole) : whole) + (rest ? "." + rest : ""));
}
function seconds(x) {
  if (!is(x)) return "\u2013";
  if (x < 1e-3) return number(x * 1e6, 3) + " \u00b5s";
  if (x < 1) return number(x * 1e3, 3) + " ms";
  if (x < 100) return number(x, 3) + " s";
  const whole = Math.round(x);
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
const percent = (x) => (is(x) ? minus((100 * x).toFixed(2)) + "\u00a0%" : "\u2013");
const isFraction = (quantity) => (quantity === page.metric && page.metric_info.fraction) || Boolean(page.configs[0]?.facts?.fractions.includes(quantity));
/// A cost or metric: `0.0123`, `98.89 %`.
const shown = (x, quantity = page.metric) => (isFraction(quantity) ? percent(x) : number(x));
const signed = (x, text) => (x > 0 ? "+" : "") + text;
/// `+0.31 points` of percent, or `+0.012`.
const difference = (x) => !is(x) ? "\u2013" : page.metric_info.fraction ? signed(x, minus((100 * x).toFixed(2)) + " points") : signed(x, number(x, 3));
/// `± 0.4 %` where the interval is even about the mean, else `0.1 to 0.9`; empty without one.
function interval(mean, range, text) {
  if (!range || !is(range[0]) || !is(range[1]) || !is(mean)) return "";
  const half = (range[1] - range[0]) / 2;
  const even = Math.abs((range[0] + range[1]) / 2 - mean) <= 0.02 * half + 1e-12;
  return even ? "\u00b1\u00a0" + text(half) : `${text(range[0])} to ${text(range[1])}`;
}
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const plural = (n, word) => `${number(n)} ${word}${n === 1 ? "" : "s"}`;
const listed = (words) => (words.length < 2 ? words.join("") : words.slice(0, -1).join(", ") + " and " + words.at(-1));
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
/// Of the variance of n runs' scores, that of their mean is 1/n and this: they share examples.
const overlap = page.overlap ?? 0;
const runName = (run) => `seed ${run.seed}` + (run.fold ? `, fold ${run.fold}` : "");
const samePair = (a, b) => a.seed === b.seed && a.fold === b.fold;
const pairWord = page.folds ? "fold" : "seed";
const students = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042];
/// Half the 95 % interval of a mean, by Student's quantile: three digits beyond its table.
function halfInterval(values) {
  const n = values.length;
  if (n < 2) return null;
  const m = mean(values);
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (n - 1));
  return (students[n - 2] ?? 1.96 + 2.4 / (n - 1)) * deviation * Math.sqrt(1 / n + overlap);
}

/// Clips an interval for drawing: a fraction stays within 0 to 1, what is never below 0 above it, and
/// the huge interval of two seeds does not fill the whole figure.
function drawable(range, values, fraction) {
  if (!range || !is(range[0]) || !is(range[1])) return null;
  const low = Math.min(...values), high = Math.max(...values), room = high - low || Infinity;
  const least = Math.max(low - room, fraction || low >= 0 ? 0 : -Infinity), most = Math.min(high + room, fraction ? 1 : Infinity);
  return range.map((x) => Math.min(Math.max(x, least), Math.max(most, high)));
}

// ---- scales
function ticksBetween(low, high, count) {
  const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((m) => m * power >= raw * 0.999) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}
function linear(low, high, from, to, count = 5) {
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.05, high + (Math.abs(high) || 1) * 0.05];
  const scale = (x) => from + ((x - low) / (high - low)) * (to - from);
  scale.ticks = ticksBetween(low, high, count);
  scale.invert = (p) => low + ((p - from) / (to - from)) * (high - low);
  return scale;
}
function logarithmic(low, high, from, to, count = 5) {
  if (low === high) [low, high] = [low / 1.5, high * 1.5];
  const inner = linear(Math.log10(low), Math.log10(high), from, to);
  const scale = (x) => inner(Math.log10(x));
  const steps = high / low < 30 ? [1, 2, 5] : [1];
  scale.ticks = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); ++e)
    for (const m of steps) if (m * 10 ** e >= low * 0.999 && m * 10 ** e <= high * 1.001) scale.ticks.push(Number((m * 10 ** e).toPrecision(3)));
  const every = Math.ceil(scale.ticks.length / (count + 2));
  scale.ticks = scale.ticks.filter((_, i) => i % every === 0);
  if (scale.ticks.length < 2) scale.ticks = ticksBetween(low, high, 3).filter((t) => t > 0);
  scale.invert = (p) => 10 ** inner.invert(p);
  return scale;
}
/// The ends of an axis, within what the quantity can be: one value alone has room about it, up to there.
function axisEnds(low, high, floor = -Infinity, top = Infinity) {
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.05, high + (Math.abs(high) || 1) * 0.05];
  low = Math.max(low, floor);
  return [low, Math.min(high, top + (Number.isFinite(top) ? 0.03 * (top - low) : 0))]; // a dot at the top is whole
}
const padded = (values, share = 0.05) => {
  const low = Math.min(...values), high = Math.max(...values), pad = (high - low) * share;
  return [low - pad, high + pad];
};

// ---- how a config is drawn: alone by colour it could not be told where curves coincide
const first = Math.max(0, page.configs.findIndex((config) => config.name === page.baseline));
const order = [first, ...page.configs.keys()].filter((c, i, all) => all.indexOf(c) === i);
const many = page.configs.length > 8;
function look(rank) {
  return {
    color: `var(--c${rank % 7})`,
    width: rank === 0 ? 6 : rank === 1 ? 2.75 : 1.75,
    dash: ["", "", "7 4", "2 3", "11 3 2 3"][rank % 5],
    opacity: rank === 0 ? 0.4 : 1,
  };
}
const stroke = (l) => ({stroke: l.color, "stroke-width": l.width, "stroke-dasharray": l.dash || null, "stroke-opacity": l.opacity});

// ---- parts of a page
let identities = 0;
/// A drawing for eyes and for screen readers, as wide as it is drawn.
function drawing(width, height, title, description, ...children) {
  const id = `f${++identities}`;
  return s("svg", {role: "img", viewBox: `0 0 ${width} ${height}`, "aria-labelledby": `${id}t ${id}d`},
    s("title", {id: id + "t"}, title), s("desc", {id: id + "d"}, description), children);
}
/// A figure that is redrawn when its width changes; `numbers` gives the rows of its table.
function figure({title, note, controls, draw, columns, numbers, summary = "Numbers of this figure"}) {
  const holder = h("div"), said = h("p", {class: "note"}, note ?? ""), head = h("h3", null, title);
  const table = columns && h("details", {toggle: () => fill()}, h("summary", null, summary), h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Numbers of the figure"}));
  const fill = () => table?.open && table.lastChild.replaceChildren(plainTable(columns(), numbers()));
  const element = h("figure", null, h("figcaption", null, head, note !== undefined && said), controls, holder, table);
  let width = 0;
  const redraw = () => {
    if (width > 0) holder.replaceChildren(...[draw(width)].flat());
    fill();
  };
  new ResizeObserver(() => {
    const now = Math.floor(holder.clientWidth);
    if (now > 0 && now !== width && !window.matchMedia("print").matches) { width = now; redraw(); }
  }).observe(holder);
  return {element, redraw, name: (text) => head.replaceChildren(text)};
}
function plainTable(columns, rows) {
  return h("table", null,
    h("thead", null, h("tr", null, columns.map((c, i) => h("th", {scope: "col", class: i && "number"}, c)))),
    h("tbody", null, rows.map((row) => h("tr", null, row.map((cell, i) => h(i ? "td" : "th", {scope: i ? null : "row", class: i && "number"}, cell))))));
}
/// Lines and numbers of both axes; `plot` is where the data go: left, top, right, bottom.
function axes(plot, x, y, {xText = number, yText = number, xName = "", yName = ""} = {}) {
  return s("g", null,
    y.ticks.map((t) => [s("line", {class: "gridline", x1: plot.left, x2: plot.right, y1: y(t), y2: y(t)}),
      s("text", {x: plot.left - 7, y: y(t) + 4, "text-anchor": "end"}, yText(t))]),
    s("line", {class: "axis", x1: plot.left, x2: plot.right, y1: plot.bottom, y2: plot.bottom}),
    x?.ticks.map((t) => [s("line", {class: "axis", x1: x(t), x2: x(t), y1: plot.bottom, y2: plot.bottom + 4}),
      s("text", {x: x(t), y: plot.bottom + 18, "text-anchor": x(t) > plot.right - 30 ? "end" : "middle"}, xText(t))]),
    s("text", {x: (plot.left + plot.right) / 2, y: plot.bottom + 36, "text-anchor": "middle"}, xName),
    s("text", {x: 0, y: plot.top - 10}, yName));
}
function choice(legend, name, options, chosen, change) {
  return h("fieldset", null, h("legend", null, legend), options.map(([value, text]) =>
    h("label", null, h("input", {type: "radio", name, value, checked: value === chosen, change: () => change(value)}), text)));
}
