// Prints how many nanoseconds onnxruntime takes for one example, by one thread: the best of ROUNDS.
// usage: node onnx_time.mjs FOLDER_OF_NODE_MODULES NET.onnx INPUTS ROUNDS
import { createRequire } from 'node:module'
import path from 'node:path'

const [folder, net, inputs, rounds] = process.argv.slice(2)
const ort = createRequire(path.resolve(folder, 'any.js'))('onnxruntime-node')
const session = await ort.InferenceSession.create(net,
  { logSeverityLevel: 3, intraOpNumThreads: 1, interOpNumThreads: 1 })
const example = Float64Array.from({ length: Number(inputs) }, (_, i) => (i * 37 % 101) / 101)
const feeds = { input: new ort.Tensor('float64', example, [1, Number(inputs)]) }
const calls = 100
let best = Infinity
for (let round = 0; round < Number(rounds); ++round) {
  const start = process.hrtime.bigint()
  for (let call = 0; call < calls; ++call) await session.run(feeds)
  best = Math.min(best, Number(process.hrtime.bigint() - start) / calls)
}
console.log(best)
