// A headless Chromium over a pipe, without any package.
import {spawn} from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export async function openBrowser(program) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "nnrun-browser-"));
  const child = spawn(program, ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"], {stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]});
  const waiting = new Map(), heard = [];
  let last = 0, rest = "";
  child.stdio[4].on("data", (data) => {
    const parts = (rest + data).split("\0");
    rest = parts.pop();
    for (const part of parts) {
      const message = JSON.parse(part), {resolve, reject} = waiting.get(message.id) ?? {};
      waiting.delete(message.id);
      if (message.id === undefined) for (const hear of heard) hear(message);
      else if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
    }
  });
  const call = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    waiting.set(++last, {resolve, reject});
    child.stdio[3].write(JSON.stringify({id: last, method, params, sessionId}) + "\0");
  });
  const open = async (address) => {
    const {targetId} = await call("Target.createTarget", {url: "about:blank", newWindow: true});
    const {sessionId} = await call("Target.attachToTarget", {targetId, flatten: true});
    const said = [], page = {said, call: (method, params) => call(method, params, sessionId)};
    heard.push((message) => {
      if (message.sessionId !== sessionId) return;
      if (message.method === "Runtime.exceptionThrown") said.push(message.params.exceptionDetails.exception?.description ?? message.params.exceptionDetails.text);
      if (message.method === "Runtime.consoleAPICalled" && message.params.type === "error") said.push(message.params.args.map((a) => a.value).join(" "));
      if (message.method === "Log.entryAdded" && message.params.entry.level === "error") said.push(message.params.entry.text);
    });
    for (const domain of ["Runtime", "Log", "Page"]) await page.call(domain + ".enable");
    await page.call("Emulation.setFocusEmulationEnabled", {enabled: true}); // several are seen at once
    page.run = async (expression) => {
      const {result, exceptionDetails} = await page.call("Runtime.evaluate", {expression, awaitPromise: true, returnByValue: true});
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    /// Waits until an expression holds: states, never times.
    page.until = async (expression) => {
      for (let i = 0; i < 600; ++i) {
        if (await page.run(expression).catch(() => false)) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error("waited in vain for: " + expression);
    };
    page.size = (width, height = 900) => page.call("Emulation.setDeviceMetricsOverride", {width, height, deviceScaleFactor: 1, mobile: width < 500});
    page.press = async (key, modifiers = 0) => {
      for (const type of ["keyDown", "keyUp"]) await page.call("Input.dispatchKeyEvent", {type, key, modifiers, code: key === " " ? "Space" : key, text: type === "keyDown" && key.length === 1 ? key : undefined});
    };
    page.picture = async (file) => fs.writeFileSync(file, Buffer.from((await page.call("Page.captureScreenshot", {format: "png"})).data, "base64"));
    page.downloads = (folder) => page.call("Page.setDownloadBehavior", {behavior: "allow", downloadPath: folder});
    page.dark = (dark) => page.call("Emulation.setEmulatedMedia", {features: [{name: "prefers-color-scheme", value: dark ? "dark" : "light"}]});
    await page.call("Page.navigate", {url: address});
    return page;
  };
  const close = async () => {
    await call("Browser.close").catch(() => {});
    if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
    fs.rmSync(profile, {recursive: true, force: true});
  };
  return {open, close};
}
