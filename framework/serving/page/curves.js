// ---- the curves are the way back
const curveSaid = h("p", {class: "note"}), curveNow = h("p", {class: "note now"}), logBox = h("input", {type: "checkbox", change: request}), curveBox = h("div");
const curveChoice = h("select", {"aria-label": "What the curves show", change: request});
const curveParts = {train: "training", val: "validation", test: "test"};
let nearest = () => null;
const curveDrawing = s("svg", {role: "img", click: (event) => { const row = nearest(event); if (row) send({do: "back", step: row[0]}); }, pointerleave: () => curveSaid.replaceChildren(),
  pointermove: (event) => { const row = nearest(event); if (row) curveSaid.textContent = `to epoch ${number(row[1], 9)}: ${shownColumns().map((k) => number(row[k + 2], 3)).join(" \u00b7 ")}`; }});
curveBox.append(curveDrawing);
const curveTable = table("Numbers of these curves", () => ["epoch", ...hello.columns], () => curve.filter(isInTable).map((row) => [number(row[1], 9), ...row.slice(2).map((v) => (v === null ? "\u2013" : minus(String(v))))]));
/// The table has some 20 rows that are as far from each other, those people quote (1, 2, 5, 10, 20, ...), and the last.
const isInTable = (row, i) => i % Math.ceil(curve.length / 20) === 0 || i === curve.length - 1 || /^[125]0*$/.test(String(row[1]));
const curveSection = h("div", {class: "curves"}, h("div", {class: "head"}, curveChoice, curveSaid, h("label", {class: "note"}, logBox, " logarithmic")), curveBox, curveNow, curveTable);
/// The columns of what was chosen, a part each.
const shownColumns = () => hello.columns.map((name, k) => [name, k]).filter(([name]) => name.slice(name.indexOf(".") + 1) === curveChoice.value).map(([, k]) => k);
function beginCurves() {
  const names = [...new Set(hello.columns.map((name) => name.slice(name.indexOf(".") + 1)))];
  curveChoice.replaceChildren(...names.map((name) => h("option", {value: name}, name)));
}
function drawCurves() {
  const width = Math.floor(curveBox.clientWidth), height = 150, left = 46, right = width - 64, top = 8, bottom = height - 22, log = logBox.checked;
  if (width === 0) return;
  const columns = shownColumns(), rows = curve.filter((row) => row[0] <= frame.step), before = past.filter((row) => row[0] > frame.step);
  const values = rows.flatMap((row) => columns.map((k) => row[k + 2])).filter((v) => Number.isFinite(v));
  const last = Math.max(1, rows.at(-1)?.[1] ?? 0, before.at(-1)?.[1] ?? 0);
  let most = values.reduce((a, b) => Math.max(a, b), values.length > 0 ? 1e-12 : 1), least = Math.max(1e-9, values.reduce((a, b) => Math.min(a, b), most));
  if (least === most) least = most / 2;
  const low = Math.min(0, values.reduce((a, b) => Math.min(a, b), 0)); // R2, say, may be below 0
  const x = (epoch) => left + (epoch / last) * (right - left), share = (v) => (log ? Math.log(Math.max(v, least) / least) / Math.log(most / least) : (v - low) / (most - low));
  const y = (v) => bottom - Math.min(1, share(v)) * (bottom - top);
  const path = (list, k) => list.filter((row) => Number.isFinite(row[k + 2])).map((row, i) => `${i ? "L" : "M"}${x(row[1]).toFixed(1)} ${y(row[k + 2]).toFixed(1)}`).join("");
  const ticks = log ? [most, Math.sqrt(most * least), least] : low < 0 ? [most, (most + low) / 2, low] : [most, most / 2, 0], end = rows.at(-1);
  const style = {train: {stroke: "var(--training)", "stroke-width": 3.5}, val: {stroke: "var(--ink)", "stroke-width": 1.6}, test: {stroke: "var(--ink)", "stroke-width": 1.6, "stroke-dasharray": columns.length > 2 ? "5 3" : null}};
  const part = (k) => hello.columns[k].slice(0, hello.columns[k].indexOf("."));
  const told = end ? `epoch ${number(end[1], 9)}: ${columns.map((k) => `${curveParts[part(k)]} ${number(end[k + 2], 9)}`).join(" \u00b7 ")}` : "no epoch is over";
  if (curveNow.textContent !== told) curveNow.textContent = told;
  const ends = end ? spread(columns.filter((k) => Number.isFinite(end[k + 2])).map((k) => ({name: curveParts[part(k)], at: y(end[k + 2]) + 4}))) : [];
  nearest = (event) => { const to = ((event.clientX - curveBox.getBoundingClientRect().left - left) / (right - left)) * last; return curve.reduce((best, row) => (best && Math.abs(best[1] - to) <= Math.abs(row[1] - to) ? best : row), null); };
  filled(curveDrawing, {width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": end ? `${curveChoice.value} at epoch ${end[1]}: ${columns.map((k) => `${curveParts[part(k)]} ${number(end[k + 2])}`).join(", ")}` : "No epoch is over"});
  curveDrawing.replaceChildren();
  filled(curveDrawing, null, [
    ticks.map((t) => [s("line", {class: "gridline", x1: left, x2: right, y1: y(t), y2: y(t)}), s("text", {x: left - 6, y: y(t) + 4, "text-anchor": "end"}, number(t, 2))]),
    s("line", {class: "axis", x1: left, x2: right, y1: bottom, y2: bottom}), s("text", {x: left, y: height - 4}, "0"), s("text", {x: right, y: height - 4, "text-anchor": "end"}, `epoch ${number(last, 9)}`),
    s("rect", {x: left, y: 0, width: Math.max(0, right - left), height, fill: "transparent"}),
    columns.map((k) => s("path", {class: "line before", d: path(before, k), ...style[part(k)]})), columns.map((k) => s("path", {class: "line", d: path(rows, k), ...style[part(k)]})),
    rows.length === 1 ? columns.filter((k) => Number.isFinite(rows[0][k + 2])).map((k) => s("circle", {cx: x(rows[0][1]), cy: y(rows[0][k + 2]), r: 3, fill: style[part(k)].stroke})) : null,
    ends.map((e) => s("text", {x: right + 6, y: e.at, class: e.name === "training" ? null : "on"}, e.name))]);
}
/// Names at the ends of curves, moved apart.
function spread(ends) {
  ends.sort((a, b) => a.at - b.at);
  for (let i = 1; i < ends.length; ++i) ends[i].at = Math.max(ends[i].at, ends[i - 1].at + 13);
  return ends;
}
