// The page from top to bottom: verdict, results, figures, and how to get all of it again.
const title = page.kind === "run" ? page.configs[0].name
  : page.kind === "sweep" ? `${listed((page.sweep?.settings ?? []).map((setting) => lastWord(setting.key)))}: ${plural(page.configs.length, "config")}`
  : many ? `${page.baseline} and ${page.configs.length - 1} other configs` : listed(order.map((c) => page.configs[c].name));
const statusOf = (config) => config.runs.filter((run) => run.status !== "done");

function themeButton() {
  const root = document.documentElement, wish = window.matchMedia("(prefers-color-scheme: dark)");
  const button = h("button", {type: "button", click: () => set(root.dataset.theme === "dark" ? "light" : "dark")});
  const set = (theme) => {
    root.dataset.theme = theme;
    button.replaceChildren(theme === "dark" ? "\u2600 Light" : "\u263e Dark");
    button.setAttribute("aria-label", `Switch to ${theme === "dark" ? "light" : "dark"} colours`);
  };
  wish.addEventListener("change", () => set(wish.matches ? "dark" : "light"));
  set(wish.matches ? "dark" : "light");
  return button;
}
function header() {
  const seeds = page.seeds.length === 1 ? `seed ${page.seeds[0]}` : `${page.seeds.length} seeds`, folds = page.folds && `${page.folds.count} folds`;
  const budget = !is(page.budget?.value) ? null : page.budget.kind === "seconds" ? `${seconds(page.budget.value)} of training each` : `${plural(page.budget.value, page.budget.kind.slice(0, -1))} each`;
  return h("header", null, h("div", {class: "bar"}, h("span", {class: "mark"}, `nnrun ${page.kind === "run" ? "report" : page.kind}`), themeButton()),
    h("h1", null, title),
    h("p", {class: "facts"}, [page.kind === "run" ? null : page.kind === "sweep" ? `best ${page.baseline}` : `baseline ${page.baseline}`, folds, seeds, budget, `measured on the ${partNames[part] ?? part} ${page.folds && part === "test" ? "folds" : "part"}`, page.made.replace("T", " ").replace("Z", " UTC")].filter(Boolean).map((fact) => h("span", null, fact))));
}
function verdict() {
  return h("section", {class: "verdict", "aria-labelledby": "verdict"}, h("h2", {id: "verdict"}, "Verdict"), page.summary.map((sentence) => h("p", null, sentence)));
}
/// A dot with its interval on the scale of its column; `zero` gets a line.
function spot(mean, range, all, zero, color, text) {
  if (!is(mean)) return null;
  const x = linear(...padded(zero === null ? all : [...all, zero], 0.06), 4, 136);
  return s("svg", {width: 140, height: 14, viewBox: "0 0 140 14", role: "img", "aria-label": text},
    s("line", {class: "gridline", x1: 0, x2: 140, y1: 7, y2: 7}), zero !== null && s("line", {class: "axis", x1: x(zero), x2: x(zero), y1: 0, y2: 14}),
    range && s("line", {x1: x(range[0]), x2: x(range[1]), y1: 7, y2: 7, stroke: color, "stroke-width": 2.5}), s("circle", {cx: x(mean), cy: 7, r: 4, fill: color}));
}
const rangeText = (range) => (range && is(range[0]) ? `${difference(range[0]).replace(" points", "")} to ${difference(range[1])}` : null);
function resultTable(columns, rows, head = (column) => column.name) {
  return h("table", {class: "results", role: "table"},
    h("thead", {role: "rowgroup"}, h("tr", {role: "row"}, columns.map((column, i) => h("th", {scope: "col", role: "columnheader", class: i ? "number" : null}, head(column))))),
    h("tbody", {role: "rowgroup"}, rows));
}
function results() {
  const configs = order.map((c) => page.configs[c]);
  const compared = configs.some((config) => config.against_baseline);
  const metricEnds = metricExtent();
  const differenceEnds = configs.flatMap((config) => (config.against_baseline ? [config.against_baseline.difference, ...(config.against_baseline.interval95 ?? [])] : [])).filter(is);
  const withCost = page.metric !== "cost";
  const against = page.kind === "sweep" ? "difference to the best" : `difference to ${page.baseline}`;
  const settings = page.metric_info.settings ? ` (${page.metric_info.settings})` : "";
  const sweptKeys = page.kind === "sweep" ? (page.sweep?.settings ?? []).map((setting) => setting.key) : [];
  const columns = [{name: "config", of: (config) => config.name}, ...sweptKeys.map((key) => ({name: lastWord(key), of: (config) => settingValue(config, key)})),
    {name: page.metric + settings, of: (config) => config.mean}, compared && {name: against, of: (config) => config.against_baseline?.difference}, withCost && {name: "cost", of: (config) => config.cost?.mean},
    {name: "training time", of: (config) => config.seconds?.mean}, {name: "parameters", of: (config) => config.parameters}].filter(Boolean);
  const cell = (label, ...content) => h("td", {class: "number", "data-label": label, role: "cell"}, h("div", null, content));
  const halves = (value, text, half) => [text(value.mean), h("small", null, interval(value.mean, value.interval95, half ?? text))];
  const row = (config, rank) => {
    const a = config.against_baseline, done = config.runs.length - statusOf(config).length, color = `var(--c${many ? (rank ? 1 : 0) : rank % 7})`;
    return h("tr", {role: "row"},
      h("th", {scope: "row", role: "rowheader", class: "name"}, config.name, h("small", null, page.kind !== "run" && rank === 0 && page.baseline ? (page.kind === "sweep" ? (is(config.mean) ? "best" : null) : "baseline") : null,
        statusOf(config).length > 0 && ` ${done} of ${plural(config.runs.length, "run")} finished`)),
      sweptKeys.map((key) => cell(lastWord(key), settingText(config, key))),
      cell(page.metric, shown(config.mean), h("small", null, interval(config.mean, config.interval95, (v) => shown(v))), page.kind !== "run" && metricEnds.length > 1 && spot(config.mean, intervalOf(config), metricEnds, null, color, `${config.name}: ${shown(config.mean)}`)),
      compared && (a ? cell(against, difference(a.difference),
        h("small", null, [rangeText(a.interval95), configs.length > 2 && !many && a.interval95_holm ? `${rangeText(a.interval95_holm)} corrected` : null, is(a.wins) && a.pairs > 0 ? `better at ${a.wins} of ${a.pairs}` : null, is(a.p_holm ?? a.p) ? `p ${number(a.p_holm ?? a.p, 2)}` : null].filter(Boolean).join(" \u00b7 ")),
        spot(a.difference, a.interval95, differenceEnds, 0, color, `${config.name}: ${difference(a.difference)}`)) : h("td", {role: "cell", class: "number"})),
      withCost && cell("cost", halves(config.cost ?? {}, (v) => number(v, 3), (v) => number(v, 2))),
      cell("training time", halves(config.seconds ?? {}, seconds)),
      cell("parameters", number(config.parameters, 9)));
  };
  const failed = configs.flatMap((config) => statusOf(config).map((run) => ({name: config.name, ...run})));
  const reasons = compared ? ` The difference is of the same ${page.folds ? "seeds and folds" : "seeds"}; ${page.metric_info.higher_is_better ? "above" : "below"} zero is better.${configs.length > 2 ? (many ? " p allows" : " p and the interval called corrected allow") + " for the number of comparisons (Holm)." : ""}` : "";
  return h("section", {"aria-labelledby": "results"}, h("h2", {id: "results"}, page.kind === "run" ? "Result" : "Results"),
    sweptKeys.length > 0 ? sortedTable(columns, configs, row) : resultTable(columns, configs.map(row)),
    h("p", {class: "note"}, page.kind === "run" ? `Times: ${page.times}.` : `Means over the ${pairWord}s that finished${page.seeds.length > 1 || page.folds ? ", with the 95 % interval of the mean" : ""}.${reasons} Times: ${page.times}.`),
    failed.length > 0 && h("div", {class: "alarm"}, h("h3", null, `${plural(failed.length, "run")} did not finish`),
      h("ul", null, failed.map((run) => h("li", null, `${run.name}, ${runName(run)}: ${run.status}${run.error ? ": " + run.error : ""}`)))));
}
/// Of more classes than that, a table of all pairs is folded behind those that matter.
const mostClassesShown = 20;
/// A name that is cut where it is long; a pointer over it shows all of it.
const shortName = (name) => h("span", {title: name}, shortened(name, 28));
function confusion() {
  const scores = [["test", "test"], ["validation", "validation"], ["train", "training"]].map(([key, text]) => [text, page.configs[0].runs[0]?.[key]?.confusion_matrix]).filter(([, table]) => Array.isArray(table));
  if (page.kind !== "run" || scores.length === 0) return null;
  const [text, counts] = scores[0], names = page.configs[0].classes?.length === counts.length ? page.configs[0].classes : counts.map((_, i) => String(i));
  const isLarge = names.length > mostClassesShown, all = () => h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Confusion matrix"}, confusionTable(counts, names));
  return h("section", {"aria-labelledby": "confusion"}, h("h2", {id: "confusion"}, "What was taken for what"),
    isLarge ? frequentMistakes(text, counts, names) : h("p", {class: "note"}, `Examples of the ${text} part. ${confusionNote}`),
    isLarge ? h("details", {toggle: (event) => { if (event.target.open && event.target.children.length === 1) event.target.append(h("p", {class: "note"}, confusionNote), all()); }}, h("summary", null, `All ${names.length} classes against each other`)) : all());
}
const confusionNote = "A row is the class that is right, a column the class that the network says. Right ones are on the diagonal, in blue by their share of the row; mistakes are orange, the strongest where most of a row are taken for one other class.";
const sumOf = (row) => row.reduce((a, b) => a + b, 0);
function confusionTable(counts, names) {
  const shareOf = (count, row) => count / Math.max(1, sumOf(row));
  // errors have a scale of their own, or a good network's would all look like none
  const worst = Math.max(...counts.flatMap((row, i) => row.filter((_, j) => j !== i).map((count) => shareOf(count, row))), 1e-9);
  const errorColor = (share) => `color-mix(in oklab, var(--high) ${(70 * share).toFixed(0)}%, var(--paper))`;
  return h("table", {class: "confusion"},
    h("thead", null, h("tr", null, h("th", {scope: "col"}, "is \\ said"), names.map((name) => h("th", {scope: "col"}, shortName(name))))),
    h("tbody", null, counts.map((row, i) => h("tr", null, h("th", {scope: "row"}, shortName(names[i])), row.map((count, j) => {
      const share = shareOf(count, row);
      const style = i === j ? {background: stepColor(share), color: share > 0.5 ? "var(--on-high)" : "var(--on-low)", "font-weight": 650} : {background: errorColor(share / worst), color: "var(--ink)", "font-weight": 400};
      return h("td", {style}, number(count, 9));
    })))));
}
/// The pairs that are most often mistaken, and the classes of which least are found.
function frequentMistakes(text, counts, names) {
  const pairs = counts.flatMap((row, i) => row.map((count, j) => ({i, j, count}))).filter(({i, j, count}) => i !== j && count > 0).sort((a, b) => b.count - a.count);
  const found = counts.map((row, i) => ({i, all: sumOf(row), right: row[i]})).filter(({all}) => all > 0).sort((a, b) => a.right / a.all - b.right / b.all || b.all - a.all);
  const most = (list) => (list.length > 10 ? `the first 10 of ${list.length}` : "all of them");
  return [h("p", {class: "note"}, `Examples of the ${text} part, of ${names.length} classes.`),
    pairs.length > 0 && h("h3", null, `Most frequent mistakes, ${most(pairs)}`), pairs.length > 0 && scrolled("Most frequent mistakes", plainTable(["is", "said", "times"], pairs.slice(0, 10).map(({i, j, count}) => [shortName(names[i]), shortName(names[j]), number(count, 9)]))),
    h("h3", {class: "apart"}, `Classes found least, ${most(found)}`), scrolled("Classes found least", plainTable(["class", "examples", "found"], found.slice(0, 10).map(({i, all, right}) => [shortName(names[i]), number(all, 9), `${number((100 * right) / all, 4)} %`])))];
}
function differences() {
  if (!page.differences?.length) return null;
  return h("section", {"aria-labelledby": "differences"}, h("h2", {id: "differences"}, "What differs"),
    h("p", {class: "note"}, "Settings that are not the same in every config, defaults written out. Marked: other than the baseline."),
    h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "Settings that differ"}, h("table", null,
      h("thead", null, h("tr", null, h("th", {scope: "col"}, "setting"), order.map((c) => h("th", {scope: "col"}, page.configs[c].name)))),
      h("tbody", null, page.differences.map(({key, values}) => h("tr", null, h("th", {scope: "row", class: "mono"}, key),
        order.map((c) => h("td", {class: values[c] === values[first] ? "mono" : "mono differs"}, values[c] ?? "\u2013"))))))));
}
/// Returns text as one word for a shell.
const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'");
function reproduce() {
  const again = page.reproduce, flat = (object) => Object.entries(object ?? {}).map(([key, value]) => [h("dt", null, key.replaceAll("_", " ")),
    h("dd", null, value !== null && typeof value === "object" ? Object.entries(value).map(([a, b]) => `${a} ${b}`).join(", ") : String(value))]);
  const runs = page.configs.flatMap((config) => config.runs.map((run) => [run.run ?? "\u2013", config.name, page.folds ? runName(run) : String(run.seed), run.status, shown(valueOf(run)), number(run[part]?.cost, 6), seconds(run.seconds?.train), run.weights_sha256?.slice(0, 12) ?? "\u2013"]));
  return h("section", {"aria-labelledby": "reproduce"}, h("h2", {id: "reproduce"}, "How to get it again"),
    h("pre", null, (again.working_folder ? `cd ${quoted(again.working_folder)}\n` : "") + again.command_line.map(quoted).join(" ")), h("dl", null, flat(again.version), flat(again.machine)),
    h("details", null, h("summary", null, page.kind === "run" ? "The run" : `All ${runs.length} runs`), h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": "All runs"},
      plainTable(["run folder", "config", "seed", "status", page.metric, "cost", "training time", "weights (SHA-256)"], runs))),
    again.configs.map((config) => h("details", null, h("summary", null, `Config ${config.name}, every default written out`), h("pre", null, config.yaml))));
}
document.title = title + " \u00b7 nnrun";
document.getElementById("page").append(...[header(), verdict(), ...(page.kind === "sweep" ? [sweepSection(), results()] : [results()]), scoreSection(), curveSection(), mapSection(), confusion(), answerSection(), ...pictureSections(), seedSection(), differences(), dataSection(), reproduce()].filter(Boolean));
