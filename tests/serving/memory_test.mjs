// Memory of the live page and of the run that it shows, while it plays, goes back and is changed.
// Both fill what they keep at first; after that, neither grows. A short test plays at full speed, so
// that it sees many epochs; a long one at the speed that the page begins with: the reports of
// thousands of epochs a second, some fifty bytes each, are no longer nothing after ten minutes.
// usage: node memory_test.mjs BROWSER NNRUN SECONDS CONFIG, in an empty folder
import {spawn} from "node:child_process";
import fs from "node:fs";
import {openBrowser} from "./browser.mjs";

const [program, nnrun, seconds, config] = process.argv.slice(2);
const child = spawn(nnrun, ["serve", config, "--out", "r", "--set", "train.epochs=10000000"], {stdio: ["ignore", "pipe", "inherit"]});
const address = await new Promise((resolve, reject) => { child.stdout.once("data", (text) => resolve(String(text).trim())); child.once("exit", () => reject(new Error("nnrun has ended"))); });
const browser = await openBrowser(program);
const resident = () => Number(fs.readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024;
let failed = "";
try {
  const page = await browser.open(address);
  await page.until("frame !== null && nodes.length > 0");
  const is_long = seconds >= 300;
  if (!is_long) await page.run("rate.value = rates.length - 1; rate.dispatchEvent(new Event('input'))"); // full speed
  const seen = [], begin = Date.now(), since = () => (Date.now() - begin) / 1000;
  for (let round = 1; since() < Number(seconds); ++round) {
    await page.run("send({do: 'play'})");
    await new Promise((resolve) => setTimeout(resolve, Math.min(10, Number(seconds) / 12) * 1000));
    await page.run("send({do: 'pause'})");
    await page.until("!frame.playing");
    await page.run("send({do: 'back', step: Math.max(0, frame.step - 37)})");
    if (round % 4 === 0) await page.run(`post({do: "set", values: {"train.optimizer.learning_rate": "${0.02 + 0.001 * (round % 10)}"}})`);
    await page.call("HeapProfiler.collectGarbage");
    seen.push({at: since(), page: (await page.call("Runtime.getHeapUsage")).usedSize / 1048576, run: resident(), step: await page.run("frame.step")});
  }
  const text = ({at, page, run, step}) => `after ${at.toFixed(0)} s ${page.toFixed(1)} MB in the page, ${run.toFixed(0)} MB in the run, step ${step}`;
  const middle = seen.filter((one) => one.at > seconds / 3 && one.at <= (2 * seconds) / 3), end = seen.filter((one) => one.at > (2 * seconds) / 3);
  const most = (list, what) => Math.max(...list.map((one) => one[what]));
  console.log(seen.map(text).join("\n"));
  console.log(`figure: memory of the live page after ${seconds} s: ${end.at(-1).page.toFixed(1)} MB in the page, ${end.at(-1).run.toFixed(0)} MB in the run`);
  if (most(end, "page") > most(middle, "page") + 4) failed = "the page grows";
  // a short test sees the states to go back to fill their room: 64 MB, and what lies between them
  if (most(end, "run") > (is_long ? most(middle, "run") + 16 : 256)) failed = "the run grows";
  if (page.said.length > 0) failed = "console: " + page.said.join("; ");
} catch (error) {
  failed = error.stack;
} finally {
  const over = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  await over;
  await browser.close();
}
if (failed) console.log("FAILED " + failed);
process.exit(failed ? 1 : 0);
