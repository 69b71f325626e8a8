// Configs against a JSON Schema, by a validator and a YAML reader that are not ours.
// usage: node validate.mjs SCHEMA FILE... ; prints `ok FILE` or `wrong FILE`, what is said first and how
// much is said
import {readFileSync} from 'node:fs';
import Ajv from 'ajv';
import {parse} from 'yaml';

const [schema, ...files] = process.argv.slice(2);
const validate = new Ajv({strict: true}).compile(JSON.parse(readFileSync(schema)));
for (const file of files) {
  const right = validate(parse(readFileSync(file, 'utf8')));
  const error = right ? null : validate.errors[0];
  const key = right ? '' : error.params.additionalProperty ?? '';
  console.log(right ? `ok ${file}` : `wrong ${file} ${error.instancePath} ${error.message} ${key} (${validate.errors.length})`);
}
