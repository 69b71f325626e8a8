// Plays the Playground's circle on the live page, and reads the costs that its own engine published.
// usage: node circle_test.mjs BROWSER NNRUN CONFIG, with NNRUN_DATA set
import {spawn} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {openBrowser} from "./browser.mjs";

const [program, nnrun, config] = process.argv.slice(2);
const published = path.join(process.env.NNRUN_DATA ?? "none", "playground", "tfplayground_losses.json");
if (!fs.existsSync(published)) {
  console.log("skipped: NNRUN_DATA has no playground");
  process.exit(77);
}
const losses = JSON.parse(fs.readFileSync(published)).find((run) => run.name === "circle-default").loss;
const of = (epoch) => losses.find((row) => row[0] === epoch).slice(1, 3);
let failures = 0;
const expect = (fine, what) => { if (!fine) { ++failures; console.log("FAILED " + what); } };
const agrees = (told, cost) => told.toPrecision(9) === cost.toPrecision(9);
const numbersOf = (text) => text.replaceAll("\u202f", "").match(/\d+\.\d+/g).map(Number);

const child = spawn(nnrun, ["serve", config, "--out", "r"], {stdio: ["ignore", "pipe", "ignore"]});
const browser = await openBrowser(program);
try {
  const address = await new Promise((resolve) => child.stdout.once("data", (text) => resolve(String(text).trim())));
  const page = await browser.open(address);
  await page.until("frame !== null && nodes.length > 0");
  const line = () => page.run("curveNow.innerText");
  const reads = async (epoch, how) => {
    await page.until(`!frame.playing && frame.epochs === ${epoch} && curveNow.textContent.startsWith("epoch ${epoch}:")`);
    const text = await line(), told = numbersOf(text), wanted = of(epoch);
    expect(told.length === 2 && told.every((cost, i) => agrees(cost, wanted[i])), `epoch ${epoch}, ${how}: ${text}, not ${wanted}`);
  };
  await reads(0, "before the first step");
  await page.press("ArrowRight", 8);
  await reads(1, "by a key");
  for (let epoch = 2; epoch <= 10; ++epoch) {
    await page.run("stepButtons[1].click()");
    await page.until(`!frame.playing && frame.epochs === ${epoch}`);
  }
  await reads(10, "epoch by epoch");
  await page.run("rate.value = rates.length - 1; rate.dispatchEvent(new Event('input'))");
  await page.press(" ");
  await page.until("frame.over && curve.length === 501");
  await reads(500, "played");
  await page.run("curveTable.open = true");
  await page.until("curveTable.querySelectorAll('tbody tr').length > 20");
  for (const epoch of [0, 1, 10, 100, 500]) {
    const row = await page.run(`[...curveTable.querySelectorAll("tbody tr")].find((tr) => tr.cells[0].innerText === "${epoch}")?.innerText`);
    const told = row ? numbersOf(row) : [];
    expect(told.length === 2 && told.every((cost, i) => agrees(cost, of(epoch)[i])), `epoch ${epoch} in the table: ${row}`);
  }
  await page.run("send({do: 'back', step: 2500})");
  await reads(100, "gone back to");
  expect(page.said.length === 0, "console: " + page.said.join("; "));
} catch (error) {
  expect(false, error.stack);
} finally {
  child.kill("SIGKILL");
  await browser.close();
}
process.exit(failures === 0 ? 0 : 1);
