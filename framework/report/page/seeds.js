// Every seed as a dot, behind each mean and its interval.
const valueOf = (run) => run[part]?.[page.metric] ?? null;
const valuesOf = (config) => config.runs.map(valueOf).filter(is);
const better = (a, b) => (page.metric_info.higher_is_better ? a > b : a < b);
const everyValue = page.configs.flatMap(valuesOf);
const intervalOf = (config) => drawable(config.interval95, everyValue, page.metric_info.fraction);
/// Returns all values for which a figure of the metric needs room.
const metricExtent = () => page.configs.flatMap((config) => [...valuesOf(config), ...(intervalOf(config) ?? [])]);
const axisText = (y) => (page.metric_info.fraction ? number(100 * y) + " %" : number(y, 3));
/// A scale of the metric; a cost that spans powers of ten gets a logarithmic one.
function metricScale(values, from, to, count) {
  const low = Math.min(...values), high = Math.max(...values);
  if (!page.metric_info.fraction && low > 0 && high / low > 50) return logarithmic(low / 1.1, high * 1.1, from, to, count);
  const [a, b] = padded(values, 0.08);
  return linear(...axisEnds(a, b, low >= 0 ? 0 : -Infinity, page.metric_info.fraction && high <= 1 ? 1 : Infinity), from, to, count);
}
function whisker(x, config, y, color) {
  if (!is(config.mean)) return null;
  const range = intervalOf(config);
  return s("g", null, range && s("line", {x1: x, x2: x, y1: y(range[0]), y2: y(range[1]), stroke: color, "stroke-width": 2}),
    s("path", {d: `M${x - 5} ${y(config.mean)}l5 -5 5 5 -5 5z`, fill: color, stroke: "var(--paper)"}, s("title", null, `mean ${shown(config.mean)}`)));
}
/// The baseline left, the config right, a line for each seed that both have.
function pairFigure(base, config, rank, range) {
  const runs = base.runs.map((run) => [runName(run), valueOf(run), valueOf(config.runs.find((other) => samePair(other, run)) ?? {})]);
  const pairs = runs.filter(([, a, b]) => is(a) && is(b));
  const wins = pairs.filter(([, a, b]) => better(b, a)).length;
  const color = look(rank).color;
  const draw = (width) => {
    const height = 280, w = Math.min(width, 340), plot = {left: 58, right: w - 8, top: 12, bottom: height - 34};
    const y = metricScale(range, plot.bottom, plot.top, 5);
    const x0 = plot.left + (plot.right - plot.left) * 0.24, x1 = plot.left + (plot.right - plot.left) * 0.76;
    const name = (x, text) => s("text", {x, y: plot.bottom + 20, "text-anchor": "middle", class: "strong"}, shortened(text, Math.floor(w / 18)));
    return drawing(width, height, `${base.name} and ${config.name}, ${pairWord} by ${pairWord}`, `${config.name} is better at ${wins} of ${pairs.length} ${pairWord}s.`,
      axes(plot, null, y, {yText: axisText}),
      pairs.map(([name, a, b]) => s("line", {x1: x0, x2: x1, y1: y(a), y2: y(b), stroke: better(b, a) ? color : "var(--soft)", "stroke-width": better(b, a) ? 1.75 : 1.1, "stroke-dasharray": better(b, a) ? null : "4 3", "stroke-opacity": pairs.length > 30 ? 0.5 : 0.9}, s("title", null, `${name}: ${shown(a)} and ${shown(b)}`))),
      runs.flatMap(([run, a, b]) => [[x0, a, "var(--c0)"], [x1, b, color]].filter(([, v]) => is(v)).map(([x, v, fill]) => s("circle", {cx: x, cy: y(v), r: 3.5, fill, stroke: "var(--paper)", "stroke-width": 0.75}, s("title", null, `${run}: ${shown(v)}`)))),
      whisker(x0 - 18, base, y, "var(--c0)"), whisker(x1 + 18, config, y, color), name(x0, base.name), name(x1, config.name));
  };
  return figure({title: config.name, note: `better at ${wins} of ${plural(pairs.length, pairWord)}`, draw, columns: () => [pairWord, base.name, config.name, "difference"],
    numbers: () => runs.map(([run, a, b]) => [run, shown(a), shown(b), is(a) && is(b) ? difference(b - a) : "\u2013"])}).element;
}
/// A row for each of many configs, best first.
function rowsFigure() {
  const sign = page.metric_info.higher_is_better ? -1 : 1;
  const configs = page.configs.filter((config) => is(config.mean)).sort((a, b) => sign * (a.mean - b.mean));
  const range = metricExtent();
  const draw = (width) => {
    const left = Math.min(width * 0.42, 260), plot = {left, right: width - 14, top: 8, bottom: 8 + configs.length * 20};
    const x = metricScale(range, plot.left, plot.right, Math.max(2, Math.floor(width / 140))), base = page.configs[first];
    return drawing(width, plot.bottom + 30, `Every ${pairWord} of every config`, `The best is ${configs[0].name} with ${shown(configs[0].mean)}.`,
      x.ticks.map((t) => [s("line", {class: "gridline", x1: x(t), x2: x(t), y1: plot.top, y2: plot.bottom}), s("text", {x: x(t), y: plot.bottom + 18, "text-anchor": "middle"}, axisText(t))]),
      is(base.mean) && s("line", {x1: x(base.mean), x2: x(base.mean), y1: plot.top, y2: plot.bottom, stroke: "var(--c0)", "stroke-dasharray": "4 3"}, s("title", null, `mean of the baseline: ${shown(base.mean)}`)),
      configs.map((config, i) => {
        const y = plot.top + i * 20 + 10, color = config === base ? "var(--c0)" : i === 0 ? "var(--c2)" : "var(--c1)";
        return s("g", null, s("text", {x: left - 10, y: y + 4, "text-anchor": "end", class: config === base || i === 0 ? "strong" : null}, shortened(config.name, Math.floor(left / 7.2)), s("title", null, config.name)),
          intervalOf(config) && s("line", {x1: x(intervalOf(config)[0]), x2: x(intervalOf(config)[1]), y1: y, y2: y, stroke: color, "stroke-width": 5, "stroke-opacity": 0.3}),
          config.runs.filter((run) => is(valueOf(run))).map((run) => s("circle", {cx: x(valueOf(run)), cy: y, r: 2.6, fill: color, "fill-opacity": 0.75}, s("title", null, `${runName(run)}: ${shown(valueOf(run))}`))),
          s("line", {x1: x(config.mean), x2: x(config.mean), y1: y - 6, y2: y + 6, stroke: color, "stroke-width": 2}));
      }));
  };
  return figure({title: `${capital(page.metric)} by config`, note: `upright line: mean; bar: 95 % interval; dashed: mean of ${page.kind === "sweep" ? "the best" : "the baseline"}`, draw, columns: () => ["config", "mean", "95 % interval", `${pairWord}s`],
    numbers: () => configs.map((config) => [config.name, shown(config.mean), config.interval95 ? config.interval95.map((v) => shown(v)).join(" to ") : "\u2013", String(valuesOf(config).length)])}).element;
}
function seedSection() {
  if (page.kind === "run" || page.configs.length < 2 || !page.configs.some((config) => valuesOf(config).length > 0)) return null;
  const base = page.configs[first];
  const range = metricExtent();
  return h("section", {"aria-labelledby": "seeds"}, h("h2", {id: "seeds"}, `Every ${pairWord}`),
    many ? h("div", null, rowsFigure()) : [
      h("p", {class: "note"}, `A dot is a ${pairWord}, a line joins the same ${pairWord} with '${base.name}' and the other config: full where the other is better, dashed where it is not. Diamonds are means with their 95 % interval.`),
      h("div", {class: "tiles"}, order.slice(1).map((c, i) => pairFigure(base, page.configs[c], i + 1, range)))]);
}
