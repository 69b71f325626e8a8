// ---- the page
const icon = (d) => s("svg", {viewBox: "0 0 16 16", "aria-hidden": "true"}, s("path", {d}));
const icons = {again: "M3 2h2v5l8-5v12L5 9v5H3z", back: "M12 2v12L3 8z", play: "M4 1.5v13L14.5 8z", pause: "M3.5 2h3.5v12H3.5zM9 2h3.5v12H9z", step: "M3 2.5v11L11 8zM11.5 2.5h2v11h-2z", epoch: "M1 3v10l6-5zM7 3v10l6-5zM13 3h2v10h-2z"};
const key = (name, label, run, kind) => h("button", {type: "button", class: kind, title: label, "aria-label": label, click: run}, icon(icons[name]));
const rates = [1, 3, 10, 30, 100, 300, 1000, 0]; // epochs a second; 0: as fast as it goes
const rateText = (r) => (r ? `${grouped(String(r))} epoch${r === 1 ? "" : "s"}/s` : "full speed");
const togglePlay = () => send({do: frame?.playing ? "pause" : "play"});
const stepOne = () => send({do: "step", steps: 1}), stepEpoch = () => send({do: "epoch", epochs: 1});
const back = () => { if (frame && frame.step > 0) send({do: "back", step: frame.step - 1}); };
const again = () => send({do: "again"});
const playButton = key("play", "Play (space)", togglePlay, "play");
const stepButtons = [key("step", "One step (\u2192)", stepOne), key("epoch", "To the end of the epoch (shift \u2192)", stepEpoch)];
const backButtons = [key("again", "From the start (r)", again), key("back", "Back one step (\u2190)", back)];
const rate = h("input", {type: "range", min: 0, max: rates.length - 1, step: 1, value: 3, "aria-label": "Speed", input: () => { rateSaid(); send({do: "speed", epochs_per_second: rates[rate.value]}); }});
const rateShown = h("output");
const rateSaid = () => { rateShown.textContent = rateText(rates[rate.value]); rate.setAttribute("aria-valuetext", rateShown.textContent); };
const figures = h("dl", {class: "figures"});
const said = h("p", {class: "unseen", role: "status"}), facts = h("p", {class: "facts"}), title = h("h1"), problem = h("p", {class: "problem", role: "alert"}), noted = h("p", {class: "note", "aria-live": "polite"}), warned = h("ul", {class: "warned", "aria-label": "Warnings", "aria-live": "polite", hidden: true});
const themeButton = h("button", {type: "button", click: () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark")});
function theme(name) {
  document.documentElement.dataset.theme = name;
  themeButton.replaceChildren(name === "dark" ? "\u2600" : "\u263e", h("span", {class: "wide"}, name === "dark" ? " Light" : " Dark"));
  themeButton.setAttribute("aria-label", `Switch to ${name === "dark" ? "light" : "dark"} colours`);
  mixShades();
  for (const canvas of network.querySelectorAll("canvas")) canvas.drawn = null;
  const context = scaleCanvas.getContext("2d"), image = context.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(shades);
  context.putImageData(image, 0, 0);
  drawPoints(); request();
}
const keysHelp = h("details", {class: "keyboard"}, h("summary", null, "Keys"), h("p", {class: "note"}, "space: play, pause \u00b7 \u2192 one step \u00b7 shift \u2192 to the end of the epoch \u00b7 \u2190 back one step \u00b7 r from the start \u00b7 l logarithmic \u00b7 t points not trained on \u00b7 d dark, light"));
document.getElementById("page").append(
  h("header", {class: "bar"}, h("span", {class: "mark"}, "nnrun live"), title, facts, h("button", {type: "button", click: save, hidden: Boolean(recording)}, "Save", h("span", {class: "wide"}, " this page")), themeButton),
  problem, noted, warned,
  h("div", {class: "transport", role: "toolbar", "aria-label": "Training"}, h("div", {class: "keys"}, backButtons, playButton, stepButtons), h("div", {class: "speed"}, h("span", null, "Speed"), rate, rateShown), figures),
  rebuiltBox, settingsSection,
  h("div", {class: "main"}, h("section", {"aria-label": "Network"}, network, blocksTable, inputWeights, keysHelp), h("section", {class: "side", "aria-label": "Answers and curves"}, planeSection, answersBox, curveSection)),
  said);

/// The run has said what it is.
function begin() {
  title.textContent = hello.name;
  const warnings = hello.warnings ?? [];
  warned.hidden = warnings.length === 0;
  warned.replaceChildren(...warnings.map((text) => h("li", null, text)));
  drawnAs = ""; chosen = null;
  planeSection.hidden = !hello.plane;
  answersBox.hidden = Boolean(hello.plane) && !hello.plane.columns;
  beginPlane();
  planeSection.querySelector(".others").hidden = hello.examples[1] + hello.examples[2] === 0;
  beginCurves();
  settling = false;
  setByAddress();
  drawSettings();
  drawPoints();
  request();
}
/// Whether the run was changed after a row of the curves was measured: an epoch that ends where it is changed ends before.
const isOlder = (row) => (frame.edited ?? []).some((step) => step >= row[0] && step <= frame.step);
/// The numbers at the top: the epoch, the costs, and the first metric of the part that says most.
function drawFigures() {
  const last = curve.filter((row) => row[0] <= frame.step).at(-1), column = (name) => hello.columns.indexOf(name);
  const part = ["val", "test", "train"].find((p) => column(`${p}.cost`) >= 0), metric = hello.columns.find((name) => name.startsWith(part + ".") && !name.endsWith(".cost"));
  // of the last epoch that ended: within another one, and after a change, answers and pictures are of now
  const of = last && !frame.playing && frame.epochs !== last[1] ? ` of epoch ${grouped(String(last[1]))}` : last && isOlder(last) ? " before the change" : "";
  const value = (name) => last?.[column(name) + 2], all = [["Epoch", grouped(frame.epochs.toFixed(frame.playing ? 0 : frame.epochs % 1 ? 2 : 0))], ["Training cost" + of, still(value("train.cost"))]];
  for (const [p, name] of [["val", "Validation cost"], ["test", "Test cost"]]) if (column(`${p}.cost`) >= 0) all.push([name + of, still(value(`${p}.cost`))]);
  if (metric) all.push([metric + of, still(value(metric), 4)]);
  figures.replaceChildren(...all.map(([name, text]) => h("div", null, h("dt", null, name), h("dd", null, text))));
  return all;
}
let wasPlaying = null, kept = "";
let addressDue = 0;
function draw() {
  clearTimeout(addressDue);
  addressDue = setTimeout(showAddress, 200); // browsers allow few changes of an address in a second
  drawNetwork(); drawPlane(); drawCurves();
  const all = drawFigures();
  curveTable.renew();
  if (!frame.playing) planeTable.renew();
  if (wasPlaying !== frame.playing || !frame.playing) {
    if (wasPlaying !== frame.playing) playButton.replaceChildren(icon(frame.playing ? icons.pause : icons.play));
    wasPlaying = frame.playing;
    playButton.setAttribute("aria-label", frame.playing ? "Pause (space)" : "Play (space)");
    const text = frame.playing ? "Training" : (frame.over ? "The run is over at " : "Paused at ") + all.map(([name, value]) => `${name} ${value}`).join(", ");
    if (said.textContent !== text) said.textContent = text;
  }
  const stuck = frame.over || Boolean(frame.said) && !recording;
  playButton.disabled = stuck && !frame.playing;
  for (const button of stepButtons) button.disabled = stuck;
  for (const button of backButtons) button.disabled = frame.step === 0 && !frame.said;
  const near = rates.reduce((best, r, i) => (Math.abs((r || 1e9) - (frame.speed || 1e9)) < Math.abs((rates[best] || 1e9) - (frame.speed || 1e9)) ? i : best), 0);
  if (rate !== document.activeElement && Number(rate.value) !== near) { rate.value = near; rateSaid(); }
  const trouble = lost ? "The run has ended, or does not answer." : frame.said ? `${frame.said}. Go back to train on from there.` : refused;
  if (problem.textContent !== trouble) problem.textContent = trouble;
  if (noted.textContent !== (frame.note ?? "")) noted.textContent = frame.note ?? "";
  const text = `${grouped(String(hello.parameters))} parameters \u00b7 seed ${hello.seed} \u00b7 ${hello.dtype} \u00b7 ${grouped(String(hello.epochs))} epoch${hello.epochs === 1 ? "" : "s"} planned` + (frame.over ? (frame.epochs < hello.epochs ? `, ended after ${grouped(String(frame.epochs))}` : ", all done") + (hello.restores_best ? ": what is recorded is the best epoch, which may be an earlier one" : "") : "")
    + (frame.edited?.length ? ` \u00b7 changed ${frame.edited.length} time${frame.edited.length === 1 ? "" : "s"} while it trained` : "")
    + (!recording && frame.furthest > frame.step ? ` \u00b7 a look back: step ${grouped(String(frame.furthest))} is what Ctrl-C records` : "") + (recording ? " \u00b7 a recording" : "");
  if (text !== kept) facts.textContent = kept = text;
}

// ---- a saved page plays by itself
let player = 0, position = 0;
function replay(command) {
  clearInterval(player);
  const end = recording.tape.length - 1;
  const show = (i, on) => {
    position = Math.min(Math.max(i, 0), end);
    frame = {...recording.tape[position], playing: on, over: position === end && !on, speed: 0};
    const layout = recording.layouts[frame.layout], other = layout !== hello;
    hello = layout;
    if (other) begin();
    // answers of another network would be drawn as those of this one
    answers = recording.tape.slice(0, position + 1).findLast((f) => f.answers && f.layout === frame.layout)?.answers ?? (frame.layout === recording.tape[end].layout ? recording.answers : null);
    if (!answers) answersBox.replaceChildren();
    drawAnswers(); request();
  };
  if (command.do === "play") {
    show(position < end ? position : 0, end > 0);
    player = setInterval(() => { show(position + 1, position + 1 < end); if (!frame.playing) clearInterval(player); }, 60);
  } else if (command.do === "back") show(recording.tape.findLastIndex((f) => f.step <= command.step), false);
  else show(command.do === "again" ? 0 : command.do === "step" || command.do === "epoch" ? position + 1 : position, false);
}
async function save() {
  // only the last one is kept sharp
  const coarse = tape.filter((f, i) => i === tape.length - 1 || (f.output ?? "").length < 20000);
  const tapeOf = {layouts, points, answers, curve, tape: coarse};
  const text = (await (await fetch(location.pathname)).text()).replace('<main id="page">', () => `<script type="application/json" id="tape">${JSON.stringify(tapeOf).replace(/</g, "\\u003c")}<\/script>\n<main id="page">`);
  download(text, "text/html", `${hello.name}-live.html`);
}

// ---- start
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, summary, textarea")) return;
  const press = (box) => () => { if (!box.closest("[hidden]")) box.click(); };
  const act = {" ": event.target.closest("button") ? null : () => playButton.click(), ArrowRight: () => stepButtons[event.shiftKey ? 1 : 0].click(), ArrowLeft: () => backButtons[1].click(), r: () => backButtons[0].click(), l: press(logBox), t: press(showTest), d: press(themeButton)}[event.key];
  if (act && frame) { event.preventDefault(); act(); }
});
new ResizeObserver(request).observe(document.getElementById("page"));
const wish = window.matchMedia("(prefers-color-scheme: dark)");
wish.addEventListener("change", () => theme(wish.matches ? "dark" : "light"));
theme(wish.matches ? "dark" : "light");
rateSaid();
if (recording) {
  ({points, answers, curve} = recording);
  rate.disabled = true;
  replay({do: "again"});
} else listen();
