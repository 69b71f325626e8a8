// What the settings of a sweep do: dots for one, a heat map for two, parallel lines for more.
const settingText = (config, key) => String(config.set?.[key] ?? "\u2013");
const lastWord = (key) => key.slice(key.lastIndexOf(".") + 1);
const stepColor = (share) => `color-mix(in oklab, var(--step-high) ${(share * 100).toFixed(0)}%, var(--step-low))`;
/// A number where it is one, so that 10 comes after 9.
const settingValue = (config, key) => { const text = settingText(config, key); return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text; };
const shownAtFirst = 10;
/// The best ten configs, the others folded; a click on the head of a column sorts by it.
function sortedTable(columns, configs, row) {
  const best = [...configs].sort((a, b) => (is(b.mean) - is(a.mean)) || (better(a.mean, b.mean) ? -1 : better(b.mean, a.mean) ? 1 : 0));
  let by = null, up = true, open = false;
  const holder = h("div");
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : is(a) ? -1 : is(b) ? 1 : String(a).localeCompare(String(b)));
  const head = (column) => h("button", {type: "button", class: "sort", "aria-label": `Sort by ${column.name}`, click: () => { up = by === column ? !up : true; by = column; draw(); }},
    column.name, by === column ? (up ? " \u2191" : " \u2193") : "");
  function draw() {
    const sorted = by ? best.toSorted((a, b) => (up ? 1 : -1) * compare(by.of(a), by.of(b))) : best;
    const table = (some) => resultTable(columns, some.map((config) => row(config, configs.indexOf(config))), head);
    const rest = sorted.slice(shownAtFirst);
    holder.replaceChildren(...[table(sorted.slice(0, shownAtFirst)), rest.length > 0 && h("details", {open, toggle: (e) => { open = e.currentTarget.open; }},
      h("summary", null, `The other ${plural(rest.length, "config")}`), table(rest))].filter(Boolean));
  }
  draw();
  return holder;
}
const sweepTable = (keys) => ({columns: () => [...keys, `mean ${page.metric}`, "95 % interval"],
  numbers: () => page.configs.map((config) => [...keys.map((key) => settingText(config, key)), shown(config.mean), config.interval95 ? config.interval95.map((v) => shown(v)).join(" to ") : "\u2013"])});
/// Returns positions for a setting's values: to scale for numbers, evenly spaced for words.
function places(setting, from, to) {
  const numbers = setting.values.map(Number), pad = (to - from) * 0.06;
  if (setting.values.length > 1 && setting.values.every((v) => v.trim() !== "") && numbers.every(Number.isFinite)) {
    const low = Math.min(...numbers), high = Math.max(...numbers);
    const scale = (low > 0 && high / low >= 8 ? logarithmic : linear)(low, high, from + pad, to - pad);
    return (value) => scale(Number(value));
  }
  return (value) => from + ((to - from) * (setting.values.indexOf(value) + 0.5)) / setting.values.length;
}
function oneSetting(setting) {
  const range = metricExtent();
  const configs = page.configs.filter((config) => is(config.mean) && setting.values.includes(settingText(config, setting.key)));
  const draw = (width) => {
    const height = 320, plot = {left: 62, right: width - 14, top: 26, bottom: height - 44};
    const y = metricScale(range, plot.bottom, plot.top, 5), x = places(setting, plot.left, plot.right);
    const at = (config) => x(settingText(config, setting.key));
    const sorted = configs.toSorted((a, b) => at(a) - at(b));
    let last = -Infinity;
    return drawing(width, height, `${page.metric} by ${setting.key}`, sorted.map((config) => `${settingText(config, setting.key)}: ${shown(config.mean)}`).join("; "),
      axes(plot, null, y, {yText: axisText, xName: setting.key, yName: page.metric}),
      s("path", {class: "line", d: sorted.map((config, i) => `${i ? "L" : "M"}${at(config)} ${y(config.mean)}`).join(""), stroke: "var(--c1)", "stroke-width": 2}),
      sorted.map((config) => config.runs.filter((run) => is(valueOf(run))).map((run) => s("circle", {cx: at(config) - 9, cy: y(valueOf(run)), r: 3, fill: "var(--c1)", "fill-opacity": 0.45}, s("title", null, `${runName(run)}: ${shown(valueOf(run))}`)))),
      sorted.map((config) => whisker(at(config), config, y, "var(--c1)")),
      setting.values.toSorted((a, b) => x(a) - x(b)).map((value) => {
        if (x(value) - last < 26) return null;
        last = x(value);
        return s("text", {x: x(value), y: plot.bottom + 18, "text-anchor": "middle"}, shortened(value, 12));
      }));
  };
  return figure({title: `${capital(page.metric)} by ${setting.key}`, note: `diamond: mean and 95 % interval; dots left of it: ${pairWord}s`, draw, ...sweepTable([setting.key])}).element;
}
/// Best and worst mean, for colours; 1 is the best.
function goodness() {
  const means = page.configs.map((config) => config.mean).filter(is), low = Math.min(...means), high = Math.max(...means);
  const share = (m) => (high === low ? 1 : (m - low) / (high - low));
  return (m) => (page.metric_info.higher_is_better ? share(m) : 1 - share(m));
}
function twoSettings(rows, columns) {
  const good = goodness();
  const draw = (width) => {
    const left = Math.min(130, 24 + 7.5 * Math.max(...rows.values.map((v) => Math.min(v.length, 14)))), top = 30;
    const cellWidth = Math.min(150, (width - left - 4) / columns.values.length), cellHeight = Math.max(34, Math.min(56, cellWidth * 0.6));
    const height = top + cellHeight * rows.values.length + 40;
    const small = cellWidth < 58;
    return drawing(width, height, `${page.metric} by ${rows.key} and ${columns.key}`, `The best is ${bestConfig()?.name ?? "none"} with ${shown(bestConfig()?.mean)}.`,
      s("text", {x: 0, y: 14}, lastWord(rows.key) + " \u2193"), 
      rows.values.map((a, r) => [s("text", {x: left - 8, y: top + r * cellHeight + cellHeight / 2 + 4, "text-anchor": "end"}, shortened(a, 14)),
        columns.values.map((b, c) => {
          const config = page.configs.find((one) => settingText(one, rows.key) === a && settingText(one, columns.key) === b);
          const share = config && is(config.mean) ? good(config.mean) : null, x = left + c * cellWidth, y = top + r * cellHeight;
          const text = !config ? "" : share === null ? "failed" : page.metric_info.fraction ? (100 * config.mean).toFixed(small ? 0 : 2) : number(config.mean, small ? 2 : 3);
          return s("g", null, s("rect", {x: x + 1, y: y + 1, width: cellWidth - 2, height: cellHeight - 2, rx: 3, style: {fill: share === null ? "var(--raised)" : stepColor(share)}, ...(config?.name === page.baseline ? {stroke: "var(--c2)", "stroke-width": 3} : {})},
            s("title", null, config ? `${config.name}: ${shown(config.mean)}` : "not run")),
            s("text", {x: x + cellWidth / 2, y: y + cellHeight / 2 + 4, "text-anchor": "middle", style: {fill: share === null ? "var(--soft)" : share > 0.5 ? "var(--on-high)" : "var(--on-low)", "font-weight": config === bestConfig() ? 700 : 400}}, text));
        })]),
      columns.values.map((b, c) => s("text", {x: left + (c + 0.5) * cellWidth, y: height - 24, "text-anchor": "middle"}, shortened(b, Math.max(3, Math.floor(cellWidth / 7))))),
      s("text", {x: left + (cellWidth * columns.values.length) / 2, y: height - 6, "text-anchor": "middle"}, lastWord(columns.key)));
  };
  return figure({title: `${capital(page.metric)}${page.metric_info.fraction ? " in %" : ""} by ${lastWord(rows.key)} and ${lastWord(columns.key)}`,
    note: `mean over the ${pairWord}s; stronger colour: better; framed: the best`, draw, ...sweepTable([rows.key, columns.key])}).element;
}
function manySettings(settings) {
  const good = goodness(), configs = page.configs.filter((config) => is(config.mean)).sort((a, b) => good(a.mean) - good(b.mean));
  const draw = (width) => {
    const height = 380, plot = {left: 30, right: width - 58, top: 54, bottom: height - 20}, n = settings.length;
    const x = (i) => plot.left + ((plot.right - plot.left) * i) / n;
    const y = metricScale(configs.map((config) => config.mean), plot.bottom, plot.top, 5);
    const ys = settings.map((setting) => places(setting, plot.bottom, plot.top));
    const tag = (at, place, text, anchor) => s("text", {x: at, y: place, "text-anchor": anchor, class: "strong"}, text);
    return drawing(width, height, `${page.metric} by ${listed(settings.map((setting) => setting.key))}`, `A line for each of ${configs.length} configs. The best is ${bestConfig()?.name ?? "none"}.`,
      configs.map((config) => s("path", {class: "line", d: settings.map((setting, i) => `${i ? "L" : "M"}${x(i)} ${ys[i](settingText(config, setting.key)).toFixed(1)}`).join("") + `L${x(n)} ${y(config.mean).toFixed(1)}`,
        style: {stroke: config === bestConfig() ? "var(--c2)" : stepColor(0.18 + 0.82 * good(config.mean))}, "stroke-width": config === bestConfig() ? 3.5 : 1.6}, s("title", null, `${config.name}: ${shown(config.mean)}`))),
      settings.map((setting, i) => [s("line", {class: "axis", x1: x(i), x2: x(i), y1: plot.top, y2: plot.bottom}),
        tag(x(i), i % 2 ? 32 : 14, shortened(lastWord(setting.key), Math.max(8, Math.floor((2 * (plot.right - plot.left)) / n / 8))), i === 0 ? "start" : "middle"),
        setting.values.map((value) => [s("circle", {cx: x(i), cy: ys[i](value), r: 3, fill: "var(--soft)"}),
          s("text", {x: x(i) + 6, y: ys[i](value) - 5, stroke: "var(--paper)", "stroke-width": 4, "paint-order": "stroke", class: "strong"}, shortened(value, 10))])]),
      s("line", {class: "axis", x1: x(n), x2: x(n), y1: plot.top, y2: plot.bottom}), tag(x(n), n % 2 ? 32 : 14, page.metric, "middle"),
      y.ticks.map((t) => s("text", {x: x(n) + 8, y: y(t) + 4}, axisText(t))));
  };
  return figure({title: `${capital(page.metric)} by ${settings.length} settings`, note: "a line is a config; thick orange: the best; stronger: better", draw, ...sweepTable(settings.map((setting) => setting.key))}).element;
}
function sweepSection() {
  const settings = page.sweep?.settings ?? [];
  if (settings.length === 0 || !page.configs.some((config) => is(config.mean))) return null;
  return h("section", {"aria-labelledby": "sweep"}, h("h2", {id: "sweep"}, "What the settings do"),
    h("div", null, settings.length === 1 ? oneSetting(settings[0]) : settings.length === 2 ? twoSettings(...settings) : manySettings(settings)));
}
