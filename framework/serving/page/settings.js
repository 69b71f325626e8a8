// ---- what can be changed: a field for every key of the config; the run's own reader takes or refuses it
const anewBox = h("input", {type: "checkbox"}), linkSaid = h("span", {class: "note", "aria-live": "polite"});
const firstFields = h("div", {class: "fields"}), allFields = h("div", {class: "groups"});
const settingsSection = h("section", {class: "settings", "aria-label": "Settings", hidden: true},
  firstFields,
  h("div", {class: "doings"}, h("button", {type: "button", click: () => changeLayers(1)}, "Add a layer"), h("button", {type: "button", click: () => changeLayers(-1)}, "Remove a layer"),
    h("label", {class: "note"}, anewBox, " start anew on every change"), h("button", {type: "button", click: copyCommand}, "Copy command"), h("button", {type: "button", click: writeYaml}, "Write this as YAML"), linkSaid),
  h("details", null, h("summary", null, "All settings"), allFields));
/// Libraries cannot be unloaded: another process goes on with those that were built anew.
const rebuiltBox = h("p", {class: "rebuilt", role: "alert", hidden: true});
const rebuiltWrong = h("span", {class: "wrong"});
async function reload() { rebuiltWrong.textContent = "It is tried\u2026"; rebuiltWrong.textContent = await post({do: "reload"}).catch(() => ""); }
function drawRebuilt(libraries) {
  rebuiltWrong.textContent = "";
  rebuiltBox.hidden = libraries.length === 0;
  rebuiltBox.replaceChildren(`${libraries.join(", ")} changed on disk. `, h("button", {type: "button", click: reload}, "Train with it"), " ", rebuiltWrong, " This run is recorded; a new one goes on from its weights.");
}
const asText = (value) => (typeof value === "string" ? value : JSON.stringify(value));
async function post(command) {
  const answer = await fetch("command", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(command)});
  return answer.ok ? "" : (await answer.text()).trim();
}
/// Sends some keys and their values. Returns why they were refused; empty: they were not.
const set = (values) => post({do: "set", values, ...(anewBox.checked ? {anew: true} : {})}).catch(() => { lost = true; request(); return "the run does not answer"; });
const fieldOfNumbers = (path) => hello.settings.find((of) => of.numbers_of === path);
/// `a=0.7, b=2`, as the numbers of a formula are written here.
const listedNumbers = (of) => of.value.join(", ").replaceAll("=", " = ");
/// Returns names and their numbers, as texts; null if it is no such list.
function readNumbers(text) {
  const parts = text.replace(/[[\]{}"']/g, "").split(/[,;]/).filter((part) => part.trim() !== "").map((part) => part.match(/^\s*([A-Za-z_]\w*)\s*[=:]\s*(\S+)\s*$/));
  return parts.includes(null) ? null : new Map(parts.map(([, name, value]) => [name, value]));
}
/// A formula and its numbers are sent together, as the fields beside each other have them: one without the other may be wrong. Numbers
/// that a new formula does not use are dropped, which is told.
function valuesOfFormula(of, fields) {
  const numbers = of.numbers_of ? of : fieldOfNumbers(of.path), path = numbers.numbers_of, formula = hello.settings.find((one) => one.path === path);
  const shown = (one) => fields.querySelector(`[data-path="${CSS.escape(one.path)}"] > input`)?.value;
  const text = shown(formula) ?? formula.value, wanted = readNumbers(shown(numbers) ?? listedNumbers(numbers));
  if (!wanted) return {wrong: "write numbers with their names: a = 0.7, b = 2"};
  const used = new Set(text.match(/[A-Za-z_]\w*/g)), dropped = of === numbers ? [] : [...wanted.keys()].filter((name) => !used.has(name));
  dropped.forEach((name) => wanted.delete(name));
  const values = {[path]: JSON.stringify(text)}, before = path.slice(0, path.lastIndexOf(".") + 1);
  for (const name of readNumbers(listedNumbers(numbers)).keys()) values[before + name] = "null";
  for (const [name, value] of wanted) values[before + name] = value;
  return {values, said: dropped.length === 0 ? "" : `${dropped.join(", ")}: the formula uses no such number, so ${dropped.length === 1 ? "it is" : "they are"} dropped`};
}
function field(of, label) {
  const wrong = h("span", {class: "wrong", role: "alert"}), text = of.numbers_of ? listedNumbers(of) : asText(of.value), isOfFormula = of.numbers_of || fieldOfNumbers(of.path);
  const change = async () => {
    if (isOfFormula) {
      const {values, said, wrong: why} = valuesOfFormula(of, input.closest(".fields, .groups"));
      wrong.textContent = why ?? await set(values);
      input.setAttribute("aria-invalid", String(wrong.textContent !== ""));
      if (wrong.textContent === "") linkSaid.textContent = said;
      return;
    }
    const values = {[of.path]: of.choices || of.whole !== undefined || typeof of.value !== "string" ? input.value : JSON.stringify(input.value)};
    // another data set, or other features of it, may have another number of inputs
    if (of.path === "data" || of.path === "data.features") values["model.input"] = "null";
    if (of.path === "train.optimizer") values["train.optimizer.learning_rate"] = asText(hello.settings.find((s) => s.path === "train.optimizer.learning_rate").value);
    wrong.textContent = await set(values);
    input.setAttribute("aria-invalid", String(wrong.textContent !== ""));
  };
  const input = of.choices ? h("select", {change}, of.choices.map((name) => h("option", {value: name, selected: name === text}, name)))
    : h("input", {type: of.whole === undefined ? "text" : "number", step: of.whole ? 1 : "any", min: of.min, max: of.max, value: text, change});
  return h("label", {class: "field", title: of.doc, "data-path": of.path}, h("span", null, label), input, wrong);
}
/// The features of a plane as the Playground has them: a box for each.
function featureBoxes(of) {
  const {x: {name: x}, y: {name: y}} = hello.plane, all = [x, y, `${x}^2`, `${y}^2`, `${x}*${y}`, `sin(${x})`, `sin(${y})`], now = of.value.length > 0 ? of.value : [x, y];
  const wrong = h("span", {class: "wrong", role: "alert"}), boxes = [...new Set([...all, ...now])].map((name) => h("label", null, h("input", {type: "checkbox", name, checked: now.includes(name), change}), " " + name));
  async function change() {
    const chosen = boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.name);
    wrong.textContent = chosen.length === 0 ? "one feature is needed" : await set({"data.features": JSON.stringify(chosen), "model.input": "null"});
  }
  return h("fieldset", {"data-path": of.path, title: of.doc}, h("legend", null, "features"), h("span", null, boxes), wrong);
}
const firstPaths = ["data", "data.formula", "data.numbers", "data.noise", "data.features", "train.optimizer.learning_rate", "train.batch_size", "train.cost", "seed"];
function drawSettings() {
  settingsSection.hidden = Boolean(recording) || !hello.settings;
  if (settingsSection.hidden || settingsSection.contains(document.activeElement) && settingsSection.querySelector("[aria-invalid=true]")) return;
  const focus = document.activeElement?.closest?.("[data-path]")?.dataset.path, inAll = allFields.contains(document.activeElement);
  firstFields.replaceChildren(...hello.settings.filter((of) => firstPaths.includes(of.path) && (of.path !== "data.features" || hello.plane || of.value.length > 0)).map((of) => (of.path === "data.features" && hello.plane && !hello.plane.columns ? featureBoxes(of) : field(of, of.path.split(".").at(-1).replace("_", " ")))));
  const groups = new Map();
  for (const of of hello.settings) {
    const parts = of.path.split("."), layer = of.path.startsWith("model.layers."), name = layer ? parts[2] : parts.length > 1 || ["data"].includes(parts[0]) ? parts[0] : "run";
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(field(of, parts.slice(layer ? 3 : parts.length > 1 ? 1 : 0).join(" ").replaceAll("_", " ")));
  }
  allFields.replaceChildren(...[...groups].map(([name, fields]) => h("fieldset", null, h("legend", null, name), fields)));
  if (focus) (inAll ? allFields : firstFields).querySelector(`[data-path="${CSS.escape(focus)}"] > :is(input, select)`)?.focus({preventScroll: true});
  showAddress();
}
/// The address says what differs from the config, the unit that is looked at, and where the run stands. What was changed on the way
/// there is not in it, but after which steps: so a page knows whether its run is the one that was meant.
function showAddress() {
  if (recording || asked) return;
  const parts = hello.sets.map(([path, value]) => `${encodeURIComponent(path)}=${encodeURIComponent(value)}`);
  if (chosen !== null) { const {layer, index} = place(chosen); parts.push(`@view=${encodeURIComponent(hello.layers[layer].name)}.${index + 1}`); }
  const edited = changesSoFar();
  if (edited.length > 0) parts.push(`@run=${encodeURIComponent(hello.run)}`, `@changed=${edited.join(",")}`);
  if (frame && !frame.playing && frame.step > 0) parts.push(`@step=${frame.step}`);
  const address = parts.length > 0 ? "#" + parts.join("&") : "";
  if (frame?.playing && address === "" || location.hash === address) return;
  history.replaceState(null, "", location.pathname + address);
}
/// The steps after which the run was changed, to where it stands.
const changesSoFar = () => (frame?.edited ?? []).filter((step) => step <= frame.step);
/// `step 40`, `steps 40 and 60`; of many, the first and the last.
const stepsText = (steps) => { const all = [...new Set(steps)].map((step) => grouped(String(step))); return `step${all.length > 1 ? "s" : ""} ${all.length > 3 ? `${all[0]} to ${all.at(-1)}` : all.join(" and ")}`; };
/// Adds a layer like the last hidden one before the output, or takes that one away.
async function changeLayers(by) {
  const layers = structuredClone(hello.layer_list), output = layers.length - 1, hidden = layers[output - 1];
  if (!hidden && by < 0) { linkSaid.textContent = "there is no hidden layer"; return; }
  if (by < 0) {
    for (const layer of layers) layer.inputs = layer.inputs.flatMap((name) => (name === hidden.name ? hidden.inputs : [name]));
    layers.splice(output - 1, 1);
  } else {
    const like = hidden ?? layers[output], names = new Set(layers.map((layer) => layer.name));
    let number = layers.length + 1;
    while (names.has(`${like.type}_${number}`)) ++number;
    const added = {...structuredClone(like), name: `${like.type}_${number}`, inputs: layers[output].inputs};
    layers[output].inputs = [added.name];
    layers.splice(output, 0, added);
  }
  linkSaid.textContent = await set({"model.layers": JSON.stringify(layers)});
}
const quoted = (word) => (/^[\w.\/:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
async function copyCommand() {
  const text = [hello.command, ...hello.sets.map(([path, value]) => `--set ${quoted(`${path}=${value}`)}`)].join(" ");
  const rest = notThere("the command");
  try { await navigator.clipboard.writeText(text); linkSaid.textContent = "copied: " + text + rest; } catch { linkSaid.textContent = text + rest; }
}
function download(text, type, name) {
  const link = h("a", {href: URL.createObjectURL(new Blob([text], {type})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
/// Says what a run that was changed has and its settings do not say.
function notThere(where) {
  const steps = changesSoFar();
  if (steps.length === 0) return "";
  const weights = !frame.by_hand ? "" : (frame.by_hand === 1 ? ", 1 weight of it by hand" : `, ${frame.by_hand} weights of it by hand`);
  return `; this run was changed after ${stepsText(steps)}${weights}: ${where} trains with the settings of now from the start. Once it has ended, nnrun replay ${quoted(hello.run)} makes it again`;
}
function writeYaml() { download(hello.config, "text/yaml", `${hello.name}.yaml`); linkSaid.textContent = "written" + notThere("the file"); }
/// What the address of the page asks for, once: settings, of which the run says when it has them; then
/// a unit and a step.
let asked = location.hash.length > 1 ? Object.fromEntries(location.hash.slice(1).split("&").map((pair) => pair.split("=").map(decodeURIComponent)).filter(([path]) => path)) : null;
let settling = false, isAnew = false; // it is to have the settings first; it was started for them
function setByAddress() {
  if (!asked || recording || settling) return;
  const values = Object.fromEntries(Object.entries(asked).filter(([path]) => !path.startsWith("@"))), known = Object.fromEntries(hello.sets);
  if (Object.entries(values).some(([path, value]) => known[path] !== value)) {
    asked = Object.fromEntries(Object.entries(asked).filter(([path]) => path.startsWith("@")));
    settling = isAnew = true;
    return post({do: "set", values, anew: true}).then((wrong) => { if (wrong) { asked = null; say(`What the address of this page asks for was not done: ${wrong}`); } }).catch(() => {});
  }
  const changed = (asked["@changed"] ?? "").split(",").filter(Boolean).map(Number), step = Number(asked["@step"]);
  if (changed.length > 0 && !frame) return; // which tells how this run was changed
  const view = asked["@view"]?.match(/^(.+)\.(\d+)$/), run = asked["@run"];
  asked = null;
  const layer = view ? hello.layers.findIndex((l) => l.name === view[1]) : -1, index = view ? Number(view[2]) - 1 : 0;
  if (layer >= 0 && index >= 0 && index < hello.layers[layer].units) { chosen = hello.layers.slice(0, layer).reduce((sum, l) => sum + l.units, 0) + index; showInputs(); }
  const isThatRun = !isAnew && run === hello.run && changed.every((at, i) => frame.edited[i] === at);
  if (changed.length > 0 && !isThatRun)
    say(`The address is of a run that was changed after ${stepsText(changed)}. It has the settings of that run${step > 0 ? `, not what it had learnt at step ${grouped(String(step))}` : ""}: this is another run with them. Where that one was recorded, nnrun replay ${quoted(run ?? "RUN")} makes it again.`);
  else if (Number.isInteger(step) && step > 0) send({do: "back", step});
}

// ---- a weight that is set by hand
const weightOf = (link) => { const {layer, index} = place(link.unit ?? link.to), l = hello.layers[layer]; return link.input === undefined ? {block: l.bias, index: [index]} : {block: l.weights, index: [index, link.input]}; };
const setWeight = (link, text) => { const value = Number(text); return Number.isFinite(value) && text.trim() !== "" ? post({do: "weight", ...weightOf(link), value}).then(say) : say("a weight is a number"); };
/// The number of a weight; while the run stands still, a field for it: the keyboard's way to it.
function numberField(link) {
  if (frame.playing || recording) return number(weights[link.index], 6);
  const field = h("input", {type: "number", step: "any", value: String(Number(weights[link.index].toPrecision(8))), "aria-label": `${link.name}: its number`, change: () => setWeight(link, field.value)});
  return field;
}
function weightFields(link) {
  const now = weights[link.index], exact = numberField(link), slider = h("input", {type: "range", min: -5, max: 5, step: 0.01, value: now, "aria-label": `${link.name}: from -5 to 5`, input: () => { if (exact.value !== undefined) exact.value = slider.value; setWeight(link, slider.value); }});
  return [slider, exact];
}
