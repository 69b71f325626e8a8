// The output over the plane of two inputs, config beside config.
const hasMap = (config) => config.decision && config.decision.outputs?.length > 0;

/// The border of a yes and the range of the output: 0 to 1 for a sigmoid, -1 to 1 for a tanh,
/// otherwise the values that occur, as far below the border as above it, if the answer has one.
function outputRange(configs) {
  const values = configs.flatMap((config) => config.decision.outputs.flatMap((output) => output.values)).filter(is);
  let low = Infinity, high = -Infinity;
  for (const v of values) { low = Math.min(low, v); high = Math.max(high, v); }
  const borders = [...new Set(configs.map((config) => config.decision.border ?? null))];
  const border = borders.length === 1 ? borders[0] : null;
  if (border !== null && border !== 0.5) {
    const end = Math.max(border - low, high - border, 1);
    return {low: border - end, middle: border, high: border + end};
  }
  if (low >= -0.2 && high <= 1.2) return {low: 0, middle: 0.5, high: 1};
  if (low < -0.2 && high > 0.2) { const end = Math.max(1, -low, high); return {low: -end, middle: 0, high: end}; }
  return {low, middle: (low + high) / 2, high};
}
const mapColor = (share) => share < 0.5
  ? `color-mix(in srgb, var(--low) ${((1 - 2 * share) * 100).toFixed(0)}%, var(--mid))`
  : `color-mix(in srgb, var(--high) ${((2 * share - 1) * 100).toFixed(0)}%, var(--mid))`;

/// Draws all cells of a shade as one path.
function heat(map, values, range, place) {
  const levels = 40, paths = Array.from({length: levels}, () => []);
  const width = place.size / map.columns, height = place.size / map.rows;
  values.forEach((v, i) => {
    if (!is(v)) return;
    const share = v < range.middle ? 0.5 * (1 - (range.middle - v) / (range.middle - range.low)) : 0.5 * (1 + (v - range.middle) / (range.high - range.middle));
    const level = Math.min(levels - 1, Math.max(0, Math.floor(share * levels)));
    paths[level].push(`M${(place.left + (i % map.columns) * width).toFixed(2)} ${(place.top + Math.floor(i / map.columns) * height).toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}h-${width.toFixed(2)}z`);
  });
  return s("g", {class: "cells"}, paths.map((cells, level) => cells.length > 0 && s("path", {d: cells.join(""), style: {fill: mapColor((level + 0.5) / levels), stroke: mapColor((level + 0.5) / levels)}})));
}
/// Marching squares: the line between cells where the output is `level`.
function contour(map, values, level, place) {
  const width = place.size / map.columns, height = place.size / map.rows, pieces = [];
  const v = (r, c) => values[r * map.columns + c];
  const point = (r0, c0, r1, c1) => {
    const a = v(r0, c0), b = v(r1, c1);
    if (!is(a) || !is(b) || a < level === b < level) return null;
    const share = (level - a) / (b - a);
    return `${(place.left + (c0 + share * (c1 - c0) + 0.5) * width).toFixed(1)} ${(place.top + (r0 + share * (r1 - r0) + 0.5) * height).toFixed(1)}`;
  };
  for (let r = 0; r + 1 < map.rows; ++r)
    for (let c = 0; c + 1 < map.columns; ++c) {
      const points = [point(r, c, r, c + 1), point(r, c + 1, r + 1, c + 1), point(r + 1, c, r + 1, c + 1), point(r, c, r + 1, c)].filter(Boolean);
      for (let i = 0; i + 1 < points.length; i += 2) pieces.push(`M${points[i]}L${points[i + 1]}`);
    }
  return pieces.join("");
}
/// Of several classes, a map has the output of the first; of one, a yes or a no, it has all.
const mapClass = () => (page.configs[0].classes?.length > 2 ? `first output, that of class '${page.configs[0].classes[0]}',` : null);
function mapFigure(config, range) {
  const map = config.decision, seeds = map.outputs.map((output) => output.seed);
  const draw = (width) => {
    const left = 44, size = Math.min(width - left - 6, 420), place = {left, top: 8, size}, bottom = place.top + size;
    const share = map.outputs[0].values.filter((v) => v > range.middle).length / map.outputs[0].values.length;
    return drawing(width, bottom + 40, `Output of ${config.name} over ${map.x_name} and ${map.y_name}`,
      `Heat map of seed ${seeds[0]}: above ${number(range.middle)} on ${Math.round(100 * share)} % of the plane. Lines: where the output is ${number(range.middle)}, for ${plural(seeds.length, "seed")}.`,
      heat(map, map.outputs[0].values, range, place),
      map.outputs.toReversed().map((output) => s("path", {class: output === map.outputs[0] ? "contour first" : "contour", d: contour(map, output.values, range.middle, place)}, s("title", null, `seed ${output.seed}`))),
      s("rect", {class: "axis", x: left, y: place.top, width: size, height: size}),
      [[1, place.top + 10], [0, bottom]].map(([i, y]) => s("text", {x: left - 6, y, "text-anchor": "end"}, end(map.y, i))),
      s("text", {x: left - 6, y: place.top + size / 2 + 4, "text-anchor": "end"}, shortened(map.y_name, 6)),
      s("text", {x: left, y: bottom + 17}, end(map.x, 0)), s("text", {x: left + size, y: bottom + 17, "text-anchor": "end"}, end(map.x, 1)),
      s("text", {x: left + size / 2, y: bottom + 17, "text-anchor": "middle"}, map.x_name));
  };
  const every = Math.ceil(map.columns / 8), kept = [...Array(map.columns).keys()].filter((c) => c % every === Math.floor(every / 2));
  const coordinate = (ends, i, n) => ends[0] + ((ends[1] - ends[0]) * (i + 0.5)) / n;
  return figure({title: config.name, draw, summary: `Numbers, seed ${seeds[0]}`,
    columns: () => [`${map.y_name} \\ ${map.x_name}`, ...kept.map((c) => number(coordinate(map.x, c, map.columns), 3))],
    numbers: () => [...Array(map.rows).keys()].filter((r) => r % every === Math.floor(every / 2)).map((r) =>
      [number(coordinate([map.y[1], map.y[0]], r, map.rows), 3), ...kept.map((c) => number(map.outputs[0].values[r * map.columns + c], 3))])}).element;
}
/// Rounds to the digits that matter for the length of the axis.
const end = (ends, i) => number(Number((Math.round(ends[i] / ((ends[1] - ends[0]) / 200)) * ((ends[1] - ends[0]) / 200)).toPrecision(2)), 2);
const shortened = (text, length) => ([...text].length > length ? [...text].slice(0, length - 1).join("").trimEnd() + "\u2026" : text);
function mapSection() {
  let configs = order.map((c) => page.configs[c]).filter(hasMap);
  if (configs.length === 0) return null;
  const all = configs.length;
  if (all > 8) { // the baseline and the best of them
    const sign = page.metric_info.higher_is_better ? -1 : 1;
    configs = [configs[0], ...configs.slice(1).sort((a, b) => sign * (a.mean - b.mean)).slice(0, 7)];
  }
  const range = outputRange(configs), seeds = configs[0].decision.outputs.length;
  const scale = drawing(320, 34, "Colours of the maps", `From ${number(range.low, 3)} over ${number(range.middle, 3)} to ${number(range.high, 3)}`,
    [...Array(40).keys()].map((i) => s("rect", {x: i * 8, y: 0, width: 8.2, height: 12, style: {fill: mapColor((i + 0.5) / 40)}})),
    s("text", {x: 0, y: 29}, number(range.low, 3)), s("text", {x: 160, y: 29, "text-anchor": "middle"}, number(range.middle, 3)), s("text", {x: 320, y: 29, "text-anchor": "end"}, number(range.high, 3)));
  return h("section", {"aria-labelledby": "maps"}, h("h2", {id: "maps"}, "What the network says where"),
    h("p", {class: "note"}, `Colour: the ${mapClass() ?? (page.kind === "run" ? "" : "first ") + "output"} of seed ${configs[0].decision.outputs[0].seed}. Line: where it is ${number(range.middle)}` + (seeds > 1 ? `, thick for that seed, thin for ${seeds - 1} more.` : ".") + (all > configs.length ? ` The best of ${all} configs.` : "")),
    h("div", {class: "plain", style: {"max-width": "20rem", margin: "0.75rem 0 1.25rem"}}, scale),
    h("div", {class: "tiles"}, configs.map((config) => mapFigure(config, range))));
}
