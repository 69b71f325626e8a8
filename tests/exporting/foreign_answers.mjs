// Compares what onnxruntime answers with what predict does, as onnx_answers.mjs.
// usage: node foreign_answers.mjs NET.onnx INPUTS.json ANSWERS.csv
import fs from 'node:fs'
import ort from 'onnxruntime-node'

const [net, inputs, answers] = process.argv.slice(2)
const { shape, data } = JSON.parse(fs.readFileSync(inputs))
const session = await ort.InferenceSession.create(net, { logSeverityLevel: 3, intraOpNumThreads: 1 })
const found = await session.run({ x: new ort.Tensor('float32', Float32Array.from(data), shape) })
const wanted = found[session.outputNames[0]].data
const own = fs.readFileSync(answers, 'utf8').trimEnd().split('\n').slice(1).flatMap(l => l.split(',')
  .filter(x => x !== '' && !Number.isNaN(Number(x))).map(Number))
let wrong = own.length !== wanted.length ? 1 : 0, worst = 0
own.forEach((y, i) => {
  // sums of numbers near 10 cancel
  const off = Math.abs(y - wanted[i]), allowed = 1e-5 * Math.abs(wanted[i]) + 1e-5
  worst = Math.max(worst, off / allowed)
  if (!(off <= allowed) && ++wrong < 4) console.log(`number ${i + 1}: ${y}, not ${wanted[i]}`)
})
console.log(`${own.length} outputs, worst ${worst.toFixed(3)} of what is allowed`)
process.exit(wrong > 0 ? 1 : 0)
