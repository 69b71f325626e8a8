// Runs an ONNX file with onnxruntime on the rows of a CSV file and compares what it answers with the
// answers of predict. Exits with 1, and says where, if they differ by more than relative · |y| +
// absolute, or in a class.
// usage: node onnx_answers.mjs NET.onnx ROWS.csv ANSWERS.csv RELATIVE ABSOLUTE [TEXT_COLUMN,...]
import fs from 'node:fs'
import ort from 'onnxruntime-node'

const [net, rowsFile, answersFile, relative, absolute, texts = ''] = process.argv.slice(2)
const table = file => fs.readFileSync(file, 'utf8').trimEnd().split('\n').map(line => line.split(','))
const [names, ...rows] = table(rowsFile)
const [answerNames, ...answers] = table(answersFile)
const isText = new Set(texts.split(','))
const number = text => (text === '' ? NaN : Number(text))

const session = await ort.InferenceSession.create(net, { logSeverityLevel: 2, intraOpNumThreads: 1 })
const feeds = {}
if (session.inputNames.length === 1 && session.inputNames[0] === 'input') {
  feeds.input = new ort.Tensor('float64', Float64Array.from(rows.flat().map(number)),
    [rows.length, names.length])
} else {
  for (const name of session.inputNames) {
    const column = rows.map(row => row[names.indexOf(name)])
    feeds[name] = isText.has(name)
      ? new ort.Tensor('string', column, [rows.length, 1])
      : new ort.Tensor('float64', Float64Array.from(column.map(number)), [rows.length, 1])
  }
}
const found = await session.run(feeds)
const classes = found.class ? answerNames.indexOf('class') : -1
const wanted = answers.map(row => row.filter((_, i) => answerNames[i] !== 'class').map(Number))
const width = found.output.dims[1]
let worst = 0, wrong = 0
wanted.forEach((row, r) => {
  for (let i = 0; i < width; ++i) {
    const y = Number(found.output.data[r * width + i]), off = Math.abs(y - row[i])
    if (Number.isNaN(y) && Number.isNaN(row[i])) continue
    worst = Math.max(worst, off / (Number(relative) * Math.abs(row[i]) + Number(absolute)))
    if (!(off <= Number(relative) * Math.abs(row[i]) + Number(absolute)) && ++wrong < 5)
      console.log(`row ${r + 1}, output ${i + 1}: ${y}, not ${row[i]}`)
  }
  if (classes >= 0 && found.class.data[r] !== answers[r][classes] && ++wrong < 5)
    console.log(`row ${r + 1}: class ${found.class.data[r]}, not ${answers[r][classes]}`)
})
console.log(`${wanted.length} rows, ${wanted.length * width} outputs, worst ${worst.toFixed(3)} of what is allowed`)
process.exit(wrong > 0 || wanted.length === 0 ? 1 : 0)
