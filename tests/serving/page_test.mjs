// Uses the live page: controls, keys, a second page, widths, themes, strange names, a saved page.
// usage: node page_test.mjs BROWSER NNRUN, in an empty folder
import {spawn} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {openBrowser} from "./browser.mjs";

const [program, nnrun] = process.argv.slice(2);
let failures = 0;
const expect = (fine, what) => { if (!fine) { ++failures; console.log("FAILED " + what); } };

const children = [];
async function serve(name, config, table) {
  fs.writeFileSync(`${name}.csv`, table);
  fs.writeFileSync(`${name}.yaml`, config);
  const child = spawn(nnrun, ["serve", `${name}.yaml`, "--out", name], {stdio: ["ignore", "pipe", "ignore"]});
  children.push(child);
  const address = await new Promise((resolve) => child.stdout.once("data", (text) => resolve(String(text).trim())));
  const end = async () => { const over = new Promise((resolve) => child.once("exit", resolve)); child.kill("SIGINT"); return over; };
  return {address, end};
}
const rows = (make) => Array.from({length: 80}, (_, i) => make(((i * 37) % 80) - 40, ((i * 53) % 80) - 40, i).join(",")).join("\n") + "\n";
const net = (name, targets, inputs, hidden, output, cost, epochs) => `data: {type: csv, path: ${name}.csv, targets: [${targets}], scale: standard, split: {test: 0.25}}
model: {input: ${inputs}, layers: [{type: dense, units: ${hidden}, activation: tanh}, ${output}]}
train: {cost: ${cost}, batch_size: 5, epochs: ${epochs}, optimizer: {type: sgd, learning_rate: 0.05}}
`;

async function looksRight(page, where) {
  for (const dark of [false, true])
    for (const width of [400, 1000, 1600]) {
      await page.dark(dark);
      await page.size(width);
      await page.until(`innerWidth === ${width} || document.documentElement.clientWidth <= ${width}`);
      await page.run("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
      await page.run("document.querySelectorAll('details').forEach((d) => (d.open = true))");
      const seen = await page.run(`({wide: document.documentElement.scrollWidth - innerWidth, paper: getComputedStyle(document.body).backgroundColor,
        unnamed: [...document.querySelectorAll('[role="img"], button')].filter((e) => !e.closest("[hidden]") && !e.getAttribute("aria-label") && !e.textContent.trim()).length,
        broken: [...document.querySelectorAll("svg *")].filter((e) => [...e.attributes].some((a) => /NaN|undefined|Infinity/.test(a.value))).length, images: document.images.length})`);
      const at = `${where} at ${width}, ${dark ? "dark" : "light"}: `;
      expect(seen.wide <= 0, at + `wider than the window by ${seen.wide}`);
      expect((seen.paper === "rgb(255, 255, 255)") === !dark, at + "paper is " + seen.paper);
      expect(seen.unnamed === 0, at + `${seen.unnamed} pictures or buttons without a name`);
      expect(seen.broken === 0, at + `${seen.broken} broken elements`);
      expect(seen.images === 0, at + "an image out of a table");
    }
  await page.dark(false);
  await page.size(1250);
}

const browser = await openBrowser(program);
const pages = [];
const open = async (address) => { const page = await browser.open(address); pages.push(page); await page.until("frame !== null && nodes.length > 0"); return page; };
const click = (page, label) => page.run(`[...document.querySelectorAll("button")].find((b) => (b.getAttribute("aria-label") ?? b.textContent).startsWith(${JSON.stringify(label)})).click()`);
try {
  const run = await serve("plane", net("plane", "t", 2, 3, "{type: dense, units: 1, activation: tanh}", "half_squared_error", 400), "<img src=x onerror=alert(1)>,b,t\n" + rows((a, b) => [a, b, a > b ? 1 : -1]));
  const page = await open(run.address), second = await open(run.address);
  expect((await page.run("nodes.length")) === 6, "two inputs, three units and an output");
  expect((await page.run("links.length")) === 9, "nine weights as lines");
  const start = await page.run("frame.parameters");
  await click(page, "One step");
  await page.until("frame.step === 1 && !frame.playing");
  const one = await page.run("frame.parameters");
  expect(one !== start, "a step changes the weights");
  await click(page, "To the end of the epoch");
  await page.until("frame.step === 12 && !frame.playing && curve.length === 1");
  await second.until("frame.step === 12 && curve.length === 1");
  await click(page, "Back one step");
  await page.until("frame.step === 11 && !frame.playing");
  await click(page, "From the start");
  await page.until("frame.step === 0 && !frame.playing");
  expect((await page.run("frame.parameters")) === start, "the start is that of before");
  await click(page, "Play");
  await page.until("frame.step > 30 && frame.playing");
  await second.until("frame.playing");
  await second.run("document.activeElement.blur()");
  await second.press(" ");
  await page.until("!frame.playing && document.querySelector('[role=status]').textContent.startsWith('Paused')");
  const step = await page.run("frame.step");
  await page.press("ArrowRight");
  await page.until(`frame.step === ${step + 1}`);
  await page.press("ArrowLeft");
  await page.until(`frame.step === ${step}`);
  await page.press("r");
  await page.until("frame.step === 0");
  await page.press("ArrowRight", 8);
  await page.until("frame.step === 12 && !frame.playing");
  await page.run("rate.value = rates.length - 1; rate.dispatchEvent(new Event('input'))");
  await page.press(" ");
  await page.until("frame.over && frame.step === 4800 && curve.length === 400");
  await page.until("playButton.disabled"); // nothing is left to play; it is drawn a moment later
  await page.run("(() => { const box = curveDrawing.getBoundingClientRect(); curveDrawing.dispatchEvent(new MouseEvent('click', {clientX: box.left + box.width / 2, clientY: box.top + 40, bubbles: true})); })()");
  await page.until("frame.step < 4800 && frame.step % 12 === 0 && !frame.over && past.length > 0");
  await page.until("facts.textContent.includes('step 4\u202f800 is what Ctrl-C records')");
  await page.run("nodes.find((n) => n.unit === 1).button.click()");
  await page.until("planeHead.textContent === 'dense_1, unit 2'");
  await page.run("nodes.find((n) => n.unit === 1).button.click()");
  await looksRight(page, "plane");
  await page.run("Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))");
  expect((await page.run("source")) === null, "a page that nobody sees listens no more");
  await page.run("Object.defineProperty(document, 'hidden', {value: false, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))");
  await page.until("source.readyState === 1");
  // changes: a field, a refusal beside it, layers, a weight by the mouse and by the keyboard
  const fieldOf = (name) => `document.querySelector('.fields [data-path="${name}"] :is(input, select)')`;
  const change = (page, name, value) => page.run(`(() => { const field = ${fieldOf(name)}; field.value = ${JSON.stringify(value)}; field.dispatchEvent(new Event("change")); })()`);
  await page.press("r");
  await page.until("frame.step === 0");
  await page.press("ArrowRight");
  await page.until("frame.step === 1");
  await page.until("location.hash === '#@step=1'");
  const mailed = await open(run.address + "#@view=dense_1.2&@step=7");
  await mailed.until("frame.step === 7 && planeHead.textContent === 'dense_1, unit 2' && location.hash === '#@view=dense_1.2&@step=7'");
  await page.press("r");
  await page.until("frame.step === 0");
  await page.press("ArrowRight");
  await page.until("frame.step === 1");
  await change(page, "train.batch_size", "0");
  await page.until(`${fieldOf("train.batch_size")}.getAttribute("aria-invalid") === "true" && ${fieldOf("train.batch_size")}.parentElement.textContent.includes("at least 1")`);
  await change(page, "train.batch_size", "6");
  await page.until("frame.step === 1 && frame.edited.length === 1 && facts.textContent.includes('changed 1 time')");
  await second.until("frame.edited.length === 1 && hello.sets.length === 1");
  await page.until("location.hash === '#train.batch_size=6&@run=plane&@changed=1&@step=1'");
  // a page of the same run goes to the same state
  const same = await open(run.address + "#train.batch_size=6&@run=plane&@changed=1&@step=1");
  await same.until("asked === null && frame.step === 1 && frame.edited.length === 1");
  expect((await same.run("problem.textContent")) === "", "an address of this run is not refused");
  expect((await same.run("frame.parameters")) === (await page.run("frame.parameters")), "an address of an edited run is of its weights");
  await page.run("set({'train.shuffle': 'false'})");
  await page.until("frame.step === 11 && frame.edited.length === 2 && noted.textContent.includes('steps from 1 to 11 ended this one')");
  await page.press("ArrowRight");
  await page.until("frame.step === 12 && noted.textContent === ''");
  await click(page, "Back one step");
  await page.until("frame.step === 11");
  await click(page, "Add a layer");
  await page.until("hello.layers.length === 3 && frame.edited.length === 3");
  await page.run("send({do: 'speed', epochs_per_second: 3})"); // pictures of a run that goes on are kept for a saved page
  await click(page, "Play");
  await page.until("frame.playing && frame.step > 20");
  await click(page, "Pause");
  await page.until("!frame.playing");
  await click(page, "Remove a layer");
  await page.until("hello.layers.length === 2 && nodes.length === 6");
  await page.run("(() => { const link = links[0]; link.hit.dispatchEvent(new MouseEvent('click', {bubbles: true})); const exact = card.querySelector('input[type=number]'); exact.value = '1.5'; exact.dispatchEvent(new Event('change')); })()");
  await page.until("weights[links[0].index] === 1.5 && frame.by_hand === 1");
  await page.press("Escape");
  await page.until("card.hidden");
  await page.run("nodes.find((n) => n.unit === 0).button.click(), inputsTable.open = true, request()");
  await page.until("inputsTable.querySelectorAll('input').length === 3");
  await page.run("(() => { const field = inputsTable.querySelector('input'); field.value = '-0.25'; field.dispatchEvent(new Event('change')); })()");
  await page.until("weights[links[0].index] === -0.25");
  await page.run("copyCommand()");
  await page.until("linkSaid.textContent.includes('nnrun serve plane.yaml --set train.batch_size=6') && linkSaid.textContent.includes('1 weight of it by hand') && linkSaid.textContent.includes('nnrun replay plane makes it again')");
  await looksRight(page, "changed");
  const folder = path.resolve("saved");
  await page.downloads(folder);
  await page.run("save()");
  const arrived = async (file) => { for (let i = 0; i < 400 && !fs.existsSync(file); ++i) await new Promise((resolve) => setTimeout(resolve, 25)); };
  await page.run("writeYaml()");
  await arrived(path.join(folder, "plane.yaml"));
  expect(fs.readFileSync(path.join(folder, "plane.yaml"), "utf8").includes("batch_size: 6"), "the config as YAML has what was changed");
  const file = path.join(folder, "plane-live.html");
  await arrived(file);
  expect(!fs.readFileSync(file, "utf8").includes(path.resolve("plane.csv")), "a saved page does not tell where files are");
  const saved = await open("file://" + file);
  await saved.until("frame.step === recording.tape[0].step");
  await saved.run("togglePlay()");
  await saved.until("position === recording.tape.length - 1 && !frame.playing");
  // each moment is drawn as the network that the run had then
  const drawn = await saved.run("recording.tape.map(({step}) => { send({do: 'back', step}); draw(); return [step, hello.layers.length, nodes.length, bytes(frame.parameters).length / 4 - hello.parameters].join(); })");
  expect(drawn.some((moment) => moment.endsWith(",3,9,0")) && drawn.at(-1).endsWith(",2,6,0") && drawn.every((moment) => moment.endsWith(",0")), "networks of a saved page: " + drawn.join("; "));
  await looksRight(saved, "a saved page");
  expect((await run.end()) === 130, "an interrupt ends the run");
  await page.until("lost && problem.textContent.includes('has ended')");

  const other = await serve("other", net("other", "t", 2, 3, "{type: dense, units: 1, activation: tanh}", "half_squared_error", 400), "a,b,t\n" + rows((a, b) => [a, b, a > b ? 1 : -1]));
  const asked = await open(other.address + "#model.layers.dense_1.units=5&seed=7");
  await asked.until("hello.layers[0].units === 5 && hello.seed === 7 && frame.step === 0");
  await asked.press("ArrowRight");
  await asked.until("frame.step === 1");
  // of a run that was changed on its way, an address has the settings alone: it says so
  const another = await open(other.address + "#train.optimizer.learning_rate=0.3&@run=runs/x/0001&@changed=40,60&@step=70");
  await another.until("asked === null && frame.step === 0 && problem.textContent.includes('changed after steps 40 and 60') && problem.textContent.includes('nnrun replay runs/x/0001')");
  // figures are of the weights that are shown, or say of when they are
  await another.run("send({do: 'epoch'})");
  await another.until("frame.step === 12 && !frame.playing && figures.textContent.includes('Training cost') && !figures.textContent.includes('before')");
  await another.run("setWeight(links[0], '0')");
  await another.until("figures.textContent.includes('Training cost before the change') && said.textContent.includes('before the change')");
  await another.run("send({do: 'epoch'})");
  await another.until("frame.step === 24 && !figures.textContent.includes('before')");
  const wrong = await open(other.address + "#train.optimizer.learning_rate=-5&foo=3");
  await wrong.until("problem.textContent.includes('address of this page') && problem.textContent.includes('learning_rate')");
  await wrong.press("ArrowRight");
  await wrong.until("frame.step === 25 && problem.textContent === ''");
  expect(await wrong.run("warned.hidden"), "nothing is warned of");
  await wrong.run("set({'train.cost': 'binary_cross_entropy'})");
  await wrong.until("!warned.hidden && warned.textContent.includes('tanh')");
  await wrong.run("setWeight(links[0], 'abc')");
  await wrong.until("problem.textContent === 'a weight is a number'");
  await wrong.run("request()");
  await wrong.run("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
  expect(await wrong.run("problem.textContent === 'a weight is a number'"), "what was refused stays to be read");
  expect((await other.end()) === 130, "a run that an address changed ends");

  // a formula and its numbers: both can be changed, one after the other
  const formula = await serve("curve", `data: {type: curve, formula: "a * sin(3 * x)", a: 0.7, train: 200, test: 100}
model: {layers: [{type: dense, units: 3, activation: tanh}, {type: dense, units: 1, activation: sigmoid}]}
train: {cost: binary_cross_entropy, batch_size: 10, epochs: 5, optimizer: {type: sgd, learning_rate: 0.1}}
`, "");
  const drawing = await open(formula.address), shown = "[fieldOf('formula').value, fieldOf('numbers').value].join()";
  await drawing.run("window.fieldOf = (name) => document.querySelector(`.fields [data-path='data.${name}'] > input`)");
  const write = (name, value) => drawing.run(`(() => { const field = fieldOf("${name}"); field.value = ${JSON.stringify(value)}; field.dispatchEvent(new Event("change")); })()`);
  expect((await drawing.run(shown)) === "a * sin(3 * x),a = 0.7", "a formula and its numbers: " + (await drawing.run(shown)));
  await write("numbers", "a = 0.3");
  await drawing.until(`${shown} === 'a * sin(3 * x),a = 0.3' && hello.config.includes('a: 0.3')`);
  await write("numbers", "0.3");
  await drawing.until("fieldOf('numbers').parentElement.textContent.includes('write numbers with their names')");
  await write("numbers", "a = 0.3");
  await drawing.until("fieldOf('numbers').getAttribute('aria-invalid') !== 'true'");
  await write("formula", "b * x"); // which has no value yet
  await drawing.until("fieldOf('formula').getAttribute('aria-invalid') === 'true' && fieldOf('formula').parentElement.textContent.includes(\"'b'\")");
  await write("numbers", "b = 0.5");
  await drawing.until(`${shown} === 'b * x,b = 0.5' && hello.config.includes('b: 0.5') && !hello.config.includes('a: 0.3')`);
  await write("formula", "sin(5 * x)");
  await drawing.until(`${shown} === 'sin(5 * x),' && linkSaid.textContent.startsWith('b: the formula uses no such number')`);
  // a number of the picture is the network's own, whatever the colours can show
  await drawing.run("links.forEach((link) => setWeight(link, '9')), planeTable.open = true");
  await drawing.until("frame.by_hand === links.length && planeTable.querySelectorAll('td').length === 30");
  await formula.end();
  const far = await serve("far", net("far", "t", 2, 2, "{type: dense, units: 1}", "hinge", 2), "a,b,t\n" + rows((a, b) => [a, b, a > b ? 1 : -1]));
  const scores = await open(far.address);
  await scores.run("planeTable.open = true, links.forEach((link) => setWeight(link, '5'))");
  await scores.until("frame.by_hand === links.length && frame.numbers && scaleHigh.textContent === '\u2265\u00a01'");
  await scores.run("request()");
  // tanh of much is 1: the output is 5 + 5 and its bias
  await scores.until("[...planeTable.querySelectorAll('td')].some((cell) => cell.textContent === number(10 + weights.at(-1)))");
  await scores.run("(() => { const box = planeBox.getBoundingClientRect(); pointed({clientX: box.left + 0.98 * box.width, clientY: box.top + 0.02 * box.height}); })()");
  expect(await scores.run("planeSaid.textContent.endsWith(' ' + number(10 + weights.at(-1)))"), "at the pointer: " + (await scores.run("planeSaid.textContent")));
  await far.end();

  const classes = await serve("kinds", net("kinds", "kind", 3, 20, "{type: dense, units: 3, activation: softmax}", "cross_entropy", 30), "a,b,c,kind\n" + rows((a, b, i) => [a, b, i % 4, a > b ? "<b>x" : b > 0 ? "y" : "z"]));
  const third = await open(classes.address);
  await third.until("document.querySelectorAll('.confusion tbody tr').length === 3");
  expect((await third.run("blocks.length")) === 1, "a large layer is a block");
  await third.until("document.querySelectorAll('.block canvas:not([hidden])').length === 3 && /weights up to .*slopes up to .*outputs up to/.test(document.querySelector('.block').getAttribute('aria-label'))");
  expect(!(await third.run("document.querySelector('.answers').textContent.includes('null')")), "what there is not is not told");
  await third.until("hello.plane.columns.join() === 'a,b,c' && !planeSection.hidden && !answersBox.hidden");
  await third.run("planeChoices[1].value = 'c', choosePlane()");
  await third.until("hello.plane.x.name === 'a' && hello.plane.y.name === 'c' && frame.units.length > 0");
  expect((await third.run("[...network.querySelectorAll('svg text')].slice(-3).map((t) => t.lastChild.data).join()")).includes("<b>x"), "units of classes have their names");
  await third.run("send({do: 'step', steps: 13})");
  await third.until("frame.step === 13 && figures.textContent.includes('Training cost of epoch 1')");
  await looksRight(third, "classes");
  await classes.end();
  const ink = Buffer.alloc(40 * 64 * 4);
  for (let i = 0; i < 40 * 64; ++i) ink.writeFloatLE((i % 8 === (i >> 6) % 8 ? 0.9 : 0.1) * (1 - (i >> 6) / 80), 4 * i);
  const head = "{'descr': '<f4', 'fortran_order': False, 'shape': (40, 8, 8), }".padEnd(117) + "\n";
  fs.writeFileSync("ink.npy", Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([118, 0]), Buffer.from(head), ink]));
  const copier = await serve("copier", `data: {type: npy, inputs: ink.npy, targets: ink.npy, split: {test: 0.25}}
model: {layers: [{type: flatten}, {name: code, type: dense, units: 2}, {type: dense, units: 64}, {type: reshape, shape: [8, 8]}]}
train: {cost: mean_squared_error, batch_size: 5, epochs: 40, optimizer: {type: adam, learning_rate: 0.01}}
`, "");
  const fourth = await open(copier.address);
  await fourth.until("document.querySelectorAll('.answers .copy canvas').length === 20 && document.querySelectorAll('.answers .code canvas').length > 3");
  await looksRight(fourth, "an autoencoder");
  await copier.end();
  for (const p of pages) {
    const faults = p.said.filter((text) => !/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED|EMPTY_RESPONSE|CONNECTION_RESET)|status of 422/.test(text)); // the run has ended; what was refused above
    expect(faults.length === 0, "console: " + faults.join("; "));
  }
} catch (error) {
  expect(false, error.stack);
} finally {
  for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
  await browser.close();
}
process.exit(failures === 0 ? 0 : 1);
