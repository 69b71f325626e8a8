// Cost and metrics over the run: the mean of all seeds, and how far they lie apart.
const axisKeys = ["examples", "epoch", "seconds"];
const part = page.metric_info.part;
const columnPart = part === "validation" ? "val" : part; // as metrics.csv calls it
const partNames = {train: "training", val: "validation", validation: "validation", test: page.folds ? "held-out" : "test"};
const quantityOf = (column) => column.slice(column.indexOf(".") + 1);
const curvesOf = (config) => config.runs.filter((run) => run.curve && run.curve.epoch?.length > 0).map((run) => run.curve);
const curveColumns = [...new Set(page.configs.flatMap((config) => curvesOf(config).flatMap(Object.keys)))]
  .filter((key) => !axisKeys.includes(key) && !page.configs.some((config) => config.runs.some((run) => Array.isArray(run[part]?.[quantityOf(key)]))));
const curveView = {x: "examples", band: "interval", hidden: new Set()};

function at(curve, xKey, column, x) {
  const xs = curve[xKey], ys = curve[column];
  let low = 0, high = xs.length - 1;
  if (x < xs[0] || x > xs[high]) return null;
  while (high - low > 1) { const middle = (low + high) >> 1; if (xs[middle] <= x) low = middle; else high = middle; }
  if (xs[low] === x || high === low) return ys[low];
  if (xs[high] === x) return ys[high];
  if (!is(ys[low]) || !is(ys[high])) return null;
  return ys[low] + ((x - xs[low]) / (xs[high] - xs[low])) * (ys[high] - ys[low]);
}
/// Whether some of these runs stopped before others.
const stopApart = (curves) => new Set(curves.map((curve) => curve.epoch.at(-1))).size > 1;
/// Returns points of { x, n, mean, half, low, high } over the curves of one config. If seeds were
/// measured at different x, as seconds always are, all are interpolated at 80 common ones. Where some
/// stopped, n is how many go on.
function summarized(curves, xKey, column) {
  curves = curves.filter((curve) => curve[column]);
  if (curves.length === 0) return [];
  let grid = curves.reduce((longest, curve) => (curve[xKey].length > longest.length ? curve[xKey] : longest), []);
  const same = curves.every((curve) => curve[xKey].every((x, i) => x === grid[i]));
  if (!same) {
    const points = Math.min(80, grid.length);
    const from = Math.max(...curves.map((curve) => curve[xKey][0])), last = curves.map((curve) => curve[xKey].at(-1)), to = stopApart(curves) ? Math.max(...last) : Math.min(...last);
    if (points < 2 || to <= from) // one measurement each: at the mean of their x
      return [spread(mean(curves.map((curve) => curve[xKey].at(-1))), curves.map((curve) => curve[column].at(-1)))].filter(Boolean);
    grid = Array.from({length: points}, (_, i) => from + ((to - from) * i) / (points - 1));
  }
  return grid.map((x) => spread(x, curves.map((curve) => at(curve, xKey, column, x)))).filter(Boolean);
}
function spread(x, all) {
  const values = all.filter(is);
  if (values.length === 0) return null;
  return {x, n: values.length, mean: mean(values), half: halfInterval(values), low: Math.min(...values), high: Math.max(...values)};
}
const edges = (p) => curveView.band === "range" ? [p.low, p.high] : p.half === null ? [p.mean, p.mean] : [p.mean - p.half, p.mean + p.half];

/// Returns what a panel can show: one column for every config of a comparison, or one quantity for
/// every part of a run's data.
function curveChoices() {
  if (page.kind !== "run") return curveColumns.map((column) => ({key: column, text: `${quantityOf(column)}, ${partNames[column.split(".")[0]] ?? ""}`, where: partNames[column.split(".")[0]], quantity: quantityOf(column),
    series: order.map((c, rank) => ({name: page.configs[c].name, column, curves: curvesOf(page.configs[c]), rank}))}));
  return [...new Set(curveColumns.map(quantityOf))].map((quantity) => ({key: quantity, text: quantity, quantity,
    series: curveColumns.filter((column) => quantityOf(column) === quantity).map((column, rank) =>
      ({name: partNames[column.split(".")[0]] ?? column, column, curves: curvesOf(page.configs[0]), rank}))}));
}
/// With many configs, only the baseline and the best have colours of their own.
function lookOf(series) {
  if (!many || page.kind === "run" || series.rank === 0) return look(series.rank);
  return series.name === bestConfig()?.name ? look(1) : {color: "var(--other)", width: 1, dash: "", opacity: 0.6, crowd: true};
}
function bestConfig() {
  const sign = page.metric_info.higher_is_better ? -1 : 1;
  return page.configs.filter((config) => is(config.mean)).sort((a, b) => sign * (a.mean - b.mean))[0];
}

function curvePanel(choices, startsWith, id) {
  let chosen = choices.find((c) => c.key === startsWith) ?? choices[0], log = false;
  const lines = () => chosen.series.filter((line) => !curveView.hidden.has(lookOf(line).crowd ? "" : line.name))
    .map((line) => ({...line, look: lookOf(line), points: summarized(line.curves, curveView.x, line.column)})).filter((line) => line.points.length > 0);
  const readout = h("p", {class: "readout"});
  const logBox = h("input", {type: "checkbox", id: id + "log", change: (e) => { log = e.target.checked; panel.redraw(); }});
  const controls = h("div", {class: "controls"},
    h("label", null, "Show ", h("select", {id: id + "column", change: (e) => { chosen = choices.find((c) => c.key === e.target.value); panel.redraw(); }},
      choices.map((c) => h("option", {value: c.key, selected: c === chosen}, c.text)))),
    h("label", null, logBox, "logarithmic"));
  const xText = (x) => (curveView.x === "seconds" ? seconds(x) : number(x));
  const text = (y) => shown(y, chosen.quantity);
  /// A band ends at what the quantity can be: a fraction is 0 to 1, and what never fell below 0 cannot.
  const neverBelow0 = () => chosen.series.every((line) => line.curves.every((curve) => (curve[line.column] ?? []).every((y) => !is(y) || y >= 0)));
  const ends = (p) => {
    const floor = isFraction(chosen.quantity) || neverBelow0() ? Math.min(0, p.low) : -Infinity, top = isFraction(chosen.quantity) ? Math.max(1, p.high) : Infinity;
    return edges(p).map((y) => Math.min(Math.max(y, floor), top));
  };

  const named = () => `${capital(chosen.quantity)}${chosen.where ? ` on the ${chosen.where} part` : ""}`;
  function draw(width) {
    panel.name(named());
    const all = lines(), height = Math.max(240, Math.min(340, Math.round(width * 0.62)));
    const plot = {left: 62, right: width - 14, top: 12, bottom: height - 44};
    // the mean of those that go on is of other runs than the mean before: it is not one line with it
    const whole = (line) => line.points.slice(0, line.points.findLastIndex((p) => p.n === Math.max(...line.points.map((q) => q.n))) + 1);
    const rest = (line) => line.points.slice(whole(line).length - 1);
    const stops = (line) => !stopApart(line.curves) ? [] : line.curves.map((curve) => ({x: curve[curveView.x].at(-1), y: curve[line.column]?.at(-1)})).filter((p) => is(p.y));
    const ys = all.flatMap((line) => [...line.points.flatMap((p) => (line.look.crowd ? [p.mean] : [p.mean, ...ends(p)])), ...(line.look.crowd ? [] : stops(line).map((p) => p.y))]);
    const xs = all.flatMap((line) => line.points.map((p) => p.x));
    const positive = all.flatMap((line) => line.points.map((p) => p.mean)).every((y) => y > 0);
    logBox.disabled = !positive;
    readout.replaceChildren();
    if (ys.length === 0) return h("p", {class: "note"}, "Nothing to draw: no seed has this column, or every config is hidden.");
    const uselog = log && positive, floor = Math.min(...ys.filter((y) => y > 0));
    let [low, high] = uselog ? [floor, Math.max(...ys)] : padded(ys);
    if (!uselog) [low, high] = axisEnds(low, high, Math.min(...ys) >= 0 ? 0 : -Infinity, isFraction(chosen.quantity) && Math.max(...ys) <= 1 ? 1 : Infinity);
    const y = (uselog ? logarithmic : linear)(low, high, plot.bottom, plot.top);
    const single = new Set(xs).size === 1;
    const [x0, x1] = single ? [0, xs[0] * 2 || 1] : [Math.min(...xs), Math.max(...xs)];
    const x = linear(x0, x1, plot.left + 6, plot.right - 6, Math.max(2, Math.floor(width / 110)));
    if (single) x.ticks = [xs[0]];
    const clip = (v) => y(uselog ? Math.max(v, floor) : v);
    const shift = (line, p) => x(p.x) + (line.points.length === 1 && single ? (line.rank - (all.length - 1) / 2) * 22 : 0);
    const path = (points) => points.map(([a, b], i) => `${i ? "L" : "M"}${a.toFixed(1)} ${b.toFixed(1)}`).join("");
    const ruler = s("line", {class: "axis", y1: plot.top, y2: plot.bottom, visibility: "hidden"});
    const svg = drawing(width, height, `${chosen.text} over ${curveView.x === "epoch" ? "epochs" : curveView.x}`,
      all.map((line) => `${line.name}: ${text(line.points[0].mean)} at ${xText(line.points[0].x)}, ${text(line.points.at(-1).mean)} at ${xText(line.points.at(-1).x)}`).join("; "),
      axes(plot, x, y, {xText, yText: isFraction(chosen.quantity) ? (t) => number(100 * t) + " %" : (t) => number(t, 3), xName: curveView.x === "epoch" ? "epochs" : curveView.x === "examples" ? "examples seen" : "time of training", yName: ""}),
      all.filter((line) => !line.look.crowd).map((line) => line.points.length > 1
        ? s("path", {d: path([...whole(line).map((p) => [x(p.x), clip(ends(p)[1])]), ...whole(line).toReversed().map((p) => [x(p.x), clip(ends(p)[0])])]) + "Z", fill: line.look.color, "fill-opacity": 0.13})
        : s("line", {x1: shift(line, line.points[0]), x2: shift(line, line.points[0]), y1: clip(ends(line.points[0])[0]), y2: clip(ends(line.points[0])[1]), stroke: line.look.color, "stroke-width": 2})),
      all.toSorted((a, b) => Boolean(b.look.crowd) - Boolean(a.look.crowd)).map((line) => line.points.length > 1
        ? [s("path", {class: "line", d: path(whole(line).map((p) => [x(p.x), clip(p.mean)])), ...stroke(line.look)}),
          rest(line).length > 1 && s("path", {class: "line goes-on", d: path(rest(line).map((p) => [x(p.x), clip(p.mean)])), ...stroke({...line.look, width: 1.5, dash: "1 3", opacity: 1})}),
          !line.look.crowd && stops(line).map((p) => s("circle", {class: "stop", cx: x(p.x), cy: clip(p.y), r: 2.5, fill: line.look.color}, s("title", null, `${line.name}: a run stopped at ${xText(p.x)}, ${text(p.y)}`)))]
        : s("circle", {cx: shift(line, line.points[0]), cy: clip(line.points[0].mean), r: Math.max(3, 9 - 2 * line.rank), fill: line.look.color, stroke: "var(--paper)"}, s("title", null, `${line.name}: ${text(line.points[0].mean)}`))),
      bestMark(x, plot), ruler);
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect(), to = x.invert(((event.clientX - box.left) / box.width) * width);
      const near = all.filter((line) => !line.look.crowd).map((line) => [line, line.points.reduce((best, p) => (Math.abs(p.x - to) < Math.abs(best.x - to) ? p : best))]);
      if (near.length === 0) return;
      const here = x(near[0][1].x);
      filled(ruler, {x1: here, x2: here, visibility: "visible"}, []);
      readout.replaceChildren(`${curveView.x === "seconds" ? xText(near[0][1].x) : plural(near[0][1].x, curveView.x === "epoch" ? "epoch" : "example")}:  ` + near.map(([line, p]) => `${line.name} ${text(p.mean)}`).join("  \u00b7  "));
    });
    svg.addEventListener("pointerleave", () => { ruler.setAttribute("visibility", "hidden"); readout.replaceChildren(); });
    return [svg, readout];
  }
  /// The epoch that the verdict calls the best.
  function bestMark(x, plot) {
    const best = page.configs[0].facts?.best, curve = page.configs[0].runs[0]?.curve;
    const row = page.kind === "run" && best && curve ? curve.epoch.findLastIndex((epoch) => epoch <= best.epoch) : -1;
    if (row < 0) return null;
    const at = x(curve[curveView.x][row]), left = at > (plot.left + plot.right) / 2;
    return s("g", null, s("line", {x1: at, x2: at, y1: plot.top, y2: plot.bottom, stroke: "var(--accent)", "stroke-dasharray": "2 3"}),
      s("text", {x: at + (left ? -5 : 5), y: plot.top + 10, "text-anchor": left ? "end" : "start"}, `best epoch ${best.epoch}`));
  }
  const panel = figure({title: named(), draw, controls,
    columns: () => [curveView.x === "epoch" ? "epochs" : curveView.x, ...lines().flatMap((line) => [line.name, curveView.band === "range" ? "smallest, largest" : "95 % interval"])],
    numbers: () => {
      const all = lines(), rows = all[0]?.points ?? [], every = Math.ceil(rows.length / 50);
      return rows.filter((_, i) => i % every === 0 || i === rows.length - 1).map((row) => [xText(row.x), ...all.flatMap((line) => {
        const p = line.points.reduce((best, q) => (Math.abs(q.x - row.x) < Math.abs(best.x - row.x) ? q : best));
        return [text(p.mean), p.n < 2 ? "\u2013" : edges(p).map(text).join(" to ")];
      })]);
    }});
  return panel;
}
function curveSection() {
  const choices = curveChoices();
  const single = page.kind === "run" && page.configs.every((config) => curvesOf(config).every((curve) => curve.epoch.length === 1));
  if (choices.length === 0 || single) return null; // its numbers are in the table of scores
  const wanted = page.kind === "run" ? ["cost", page.metric] : [`${columnPart}.cost`, `${columnPart}.${page.metric}`];
  const starts = wanted.filter((key, i) => wanted.indexOf(key) === i && choices.some((c) => c.key === key));
  if (starts.length < 2 && choices.length > 1) starts.push(choices.find((c) => !starts.includes(c.key)).key);
  const panels = (starts.length ? starts : [choices[0].key]).map((key, i) => curvePanel(choices, key, i ? "B" : "A"));
  const redraw = () => panels.forEach((panel) => panel.redraw());
  const seeds = page.kind !== "run" && (page.seeds.length > 1 || page.folds);
  const legendFor = choices[0].series.filter((line) => !lookOf(line).crowd);
  const others = choices[0].series.length - legendFor.length;
  const entry = (name, key, l) => h("li", null, h("button", {type: "button", "aria-pressed": "true", click: (e) => {
    const on = curveView.hidden.delete(key);
    if (!on) curveView.hidden.add(key);
    e.currentTarget.setAttribute("aria-pressed", String(on));
    redraw();
  }}, s("svg", {viewBox: "0 0 34 12", "aria-hidden": "true"}, s("line", {x1: 0, x2: 34, y1: 6, y2: 6, ...stroke(l)})), name));
  const apart = page.configs.some((config) => stopApart(curvesOf(config)));
  const bandNote = () => !seeds ? "" : `Line: mean of the ${pairWord}s. Band: ${curveView.band === "range" ? `from the smallest ${pairWord} to the largest` : "95 % interval of the mean"}.${apart ? ` A dot: where a run stopped; dotted: the mean of the ${pairWord}s that go on.` : ""} A name hides and shows its curve.`;
  const said = h("p", {class: "note"}, bandNote());
  const short = page.configs.every((config) => curvesOf(config).every((curve) => curve.epoch.length === 1));
  return h("section", {"aria-labelledby": "curves"}, h("h2", {id: "curves"}, "Over the run"),
    h("div", {class: "controls"},
      choice("Horizontal", "x", [["examples", "examples"], ["epoch", "epochs"], ["seconds", "seconds"]], curveView.x, (value) => { curveView.x = value; redraw(); }),
      seeds && choice("Band", "band", [["interval", "95 % interval"], ["range", "smallest to largest"]], curveView.band, (value) => { curveView.band = value; said.replaceChildren(bandNote()); redraw(); })),
    h("ul", {class: "legend"}, legendFor.map((line) => entry(line.name, line.name, lookOf(line))), others > 0 && entry(`${others} others`, "", {color: "var(--other)", width: 1.5, dash: "", opacity: 1})),
    seeds && said,
    short && h("p", {class: "note"}, "Every run was measured once, at its end: a curve is a point."),
    h("div", {class: "grid"}, panels.map((panel) => panel.element)));
}
