// A page in a browser: nothing goes wrong, controls work, nothing is wider than the window.
// usage: node page_test.mjs BROWSER SCRATCH PAGE...
import {createRequire} from "node:module";
import fs from "node:fs";
import path from "node:path";

const [browser, scratch, ...pages] = process.argv.slice(2);
const {chromium} = createRequire(path.join(scratch, "x.js"))("playwright-core");
let failures = 0;
const expect = (fine, what) => { if (!fine) { ++failures; console.log("FAILED " + what); } };

const profile = fs.mkdtempSync(path.join(scratch, "profile-"));
const context = await chromium.launchPersistentContext(profile, {executablePath: browser, args: [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"]});
const tab = await context.newPage();
let file = "";
tab.on("console", (message) => expect(message.type() !== "error", `${file}: console: ${message.text()}`));
tab.on("pageerror", (error) => expect(false, `${file}: ${error.message}`));
tab.on("dialog", (dialog) => { expect(false, `${file}: a config ran a script`); dialog.dismiss(); });
tab.on("request", (request) => expect(request.url().startsWith("file:"), `${file}: asks for ${request.url()}`));

for (file of pages) {
  for (const colorScheme of ["light", "dark"])
    for (const width of [400, 1600]) {
      await tab.emulateMedia({colorScheme});
      await tab.setViewportSize({width, height: 900});
      await tab.goto("file://" + path.resolve(file));
      await tab.waitForTimeout(200);
      await tab.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      await tab.waitForTimeout(100);
      const seen = await tab.evaluate(() => ({
        wide: document.documentElement.scrollWidth - window.innerWidth,
        paper: getComputedStyle(document.body).backgroundColor,
        levels: [...document.querySelectorAll("h1, h2, h3")].map((e) => Number(e.tagName[1])),
        drawings: document.querySelectorAll("figure svg").length,
        unnamed: [...document.querySelectorAll('figure svg[role="img"]')].filter((e) => !e.querySelector("title")?.textContent || !e.querySelector("desc")?.textContent).length,
        broken: [...document.querySelectorAll("svg *")].filter((e) => [...e.attributes].some((a) => /NaN|undefined|Infinity/.test(a.value))).length,
        images: document.images.length,
        beyond: [...document.querySelectorAll("figure svg text")].map((e) => e.textContent).filter((text) => parseFloat(text) > 100 && /^[\d.]+\u00a0? ?%$/.test(text)),
      }));
      const where = `${file} at ${width}, ${colorScheme}: `;
      expect(seen.wide <= 0, where + `wider than the window by ${seen.wide}`);
      expect((seen.paper === "rgb(255, 255, 255)") === (colorScheme === "light"), where + "paper is " + seen.paper);
      expect(seen.levels[0] === 1 && seen.levels.every((l, i) => i === 0 || l <= seen.levels[i - 1] + 1), where + "headings " + seen.levels);
      expect(seen.drawings > 0, where + "no figure");
      expect(seen.unnamed === 0, where + `${seen.unnamed} figures without words`);
      expect(seen.broken === 0, where + `${seen.broken} broken elements`);
      expect(seen.images === 0, where + "an image out of a config");
      expect(seen.beyond.length === 0, where + `an axis of fractions goes to ${seen.beyond}`);
    }
  await tab.setViewportSize({width: 1000, height: 900});
  const drawn = () => tab.evaluate(() => document.querySelector("section[aria-labelledby=curves] figure svg")?.outerHTML ?? "");
  const changes = async (what, act) => {
    const before = await drawn();
    await act();
    await tab.waitForTimeout(50);
    expect((await drawn()) !== before, `${file}: ${what} changes nothing`);
  };
  await tab.goto("file://" + path.resolve(file));
  await tab.waitForTimeout(200);
  if (await drawn()) {
    await changes("the key for epochs", async () => { await tab.focus("input[name=x][value=examples]"); await tab.keyboard.press("ArrowRight"); });
    await changes("seconds", () => tab.check("input[name=x][value=seconds]"));
    await changes("logarithmic", () => tab.check("#Alog"));
    await changes("another column", () => tab.selectOption("#Acolumn", {index: 1}));
    await changes("a hidden curve", () => tab.click(".legend button >> nth=0"));
    if (await tab.locator("input[name=band]").count()) await changes("the range of the seeds", () => tab.check("input[name=band][value=range]"));
  }
  if (path.basename(file) === "early stop.html") { // as examples, not epochs
    await tab.reload();
    await tab.waitForTimeout(200);
    const ends = await tab.evaluate(() => {
      const figure = document.querySelector("section[aria-labelledby=curves] figure svg"), right = (e) => { const box = e.getBBox(); return Math.round(box.x + box.width); };
      const lines = [...figure.querySelectorAll("path.line:not(.goes-on)")].map(right), on = [...figure.querySelectorAll("path.goes-on")].map(right), stops = [...figure.querySelectorAll("circle.stop")].map((e) => Math.round(Number(e.getAttribute("cx"))));
      return {lines, on, stops};
    });
    const [all, cut] = [Math.max(...ends.lines), Math.min(...ends.lines)];
    expect(ends.lines.length === 2 && cut < all && ends.on.length === 1 && Math.abs(ends.on[0] - all) < 2, `${file}: lines end at ${ends.lines}, the rest at ${ends.on}`);
    expect(ends.stops.length === 3 && ends.stops.filter((at) => Math.abs(at - cut) < 2).length === 1, `${file}: runs stop at ${ends.stops}, a line at ${cut}`);
  }
  if (path.basename(file) === "many classes.html") { // of thirty classes, each is taken for the next one now and then
    await tab.reload();
    await tab.waitForTimeout(200);
    const said = await tab.evaluate(() => {
      const section = document.querySelector("section[aria-labelledby=confusion]"), cells = section.querySelectorAll("table.confusion td").length;
      section.querySelector("details").open = true;
      return {cells, first: section.querySelector("tbody tr").innerText, least: section.querySelectorAll("table")[1].querySelector("tbody tr").innerText};
    });
    await tab.waitForTimeout(100);
    const all = await tab.evaluate(() => [document.querySelectorAll("table.confusion td").length, document.querySelector("table.confusion thead th:nth-child(2) span").title.length]);
    expect(said.cells === 0 && all[0] === 900, `${file}: ${said.cells} and ${all[0]} cells`);
    expect(all[1] > 100, `${file}: the whole name is not told`);
    expect(/29\s+.*name.*\s+29$/.test(said.first), `${file}: the most frequent mistake: ${said.first}`);
    expect(/^29\s+39\s+25\.64 %$/.test(said.least), `${file}: the class found least: ${said.least}`);
  }
  if (await tab.locator("button.sort").count()) {
    const column = () => tab.evaluate(() => [...document.querySelectorAll("section[aria-labelledby=results] tbody tr")].filter((row) => !row.closest("details")).map((row) => row.children[1].textContent));
    const rows = await tab.evaluate(() => document.querySelectorAll("section[aria-labelledby=results] tbody tr").length);
    expect((await column()).length === Math.min(rows, 10), `${file}: ${(await column()).length} of ${rows} configs are not folded`);
    expect((await tab.locator("section[aria-labelledby=results] details").count()) === (rows > 10 ? 1 : 0), `${file}: the others are not folded`);
    await tab.click("button.sort >> nth=1");
    const up = await column();
    await tab.click("button.sort >> nth=1");
    expect((await column())[0] !== up[0], `${file}: the order of a column does not turn`);
    const figureFirst = await tab.evaluate(() => Boolean(document.getElementById("sweep").compareDocumentPosition(document.getElementById("results")) & Node.DOCUMENT_POSITION_FOLLOWING));
    expect(figureFirst, `${file}: the figure comes after the table`);
  }
  const theme = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await theme();
  await tab.focus(".bar button");
  await tab.keyboard.press("Enter");
  expect((await theme()) !== before, `${file}: the button changes no colours`);
  await tab.emulateMedia({media: "print"});
  expect((await theme()) === "rgb(255, 255, 255)", `${file}: printed paper is not white`);
  await tab.emulateMedia({media: "screen"});
}
await context.close();
fs.rmSync(profile, {recursive: true, force: true});
console.log(failures ? `${failures} failures` : `${pages.length} pages are fine`);
process.exit(failures ? 1 : 0);
