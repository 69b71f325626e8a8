#!/bin/sh
# What `nnrun schema` prints accepts every shipped config and refuses wrong ones, says ajv.
# usage: schema_test.sh CHECKOUT BUILD_FOLDER ; exit status 77: skipped
set -eu
checkout=$1 build=$2
command -v npm >/dev/null || { echo "skipped: npm is not installed"; exit 77; }
tools=$build/schema_tools
mkdir -p "$tools"
cp "$checkout/tests/schema/validate.mjs" "$tools"
[ -d "$tools/node_modules/ajv" ] && [ -d "$tools/node_modules/yaml" ] ||
  npm install --silent --no-audit --no-fund --prefix "$tools" ajv@8 yaml@2 >"$tools/log" 2>&1 ||
  { echo "skipped: npm cannot install ajv and yaml"; cat "$tools/log"; exit 77; }
cd "$tools"
"$build/nnrun" schema >schema.json

failed=0
expect() { # expect ok|wrong FILE...: what each file must be
  wanted=$1
  shift
  node validate.mjs schema.json "$@" >said
  [ "$(wc -l <said)" = $# ] || { echo "not every file was judged"; failed=1; }
  if grep -v "^$wanted " said; then
    echo "  expected: $wanted"
    failed=1
  fi
}
expect ok $(find "$checkout/configs" -name '*.yaml')
printf '%s\n' 'extends: other.yaml' 'model: {layers: {dense_1: {units: 7}, dense_2: null}}' \
  'train: {optimizer: {learning_rate: 1e-3}, cost: huber, schedule: null}' 'metrics: [{type: top_k_accuracy, k: 2}]' >right.yaml
printf '%s\n' 'plugins: [a.so, {path: "${HOME}/b.so", sha256: "'$(printf %064d 1)'"}]' 'data: {type: csv, path: a.csv, targets: [y]}' \
  'model: {input: [2, 2], layers: [{type: dense, units: 1, activation: none, inputs: input}]}' \
  'train: {cost: {type: huber, delta: 0.5}}' 'sweep: {random: 3, train.epochs: [1, 2], train.cost.delta: {min: 0.1, max: 1, log: true}}' 'predict: [[1, 2, 3, 4]]' >whole.yaml
expect ok right.yaml whole.yaml

wrong=
for name in batch_size_at_top cost_is_list dtype loss lr lr_of_optimizer input_rank input_zero \
  input_fraction list_for_number negative_seed misspelt_setting layers_at_top neurons quoted_bool \
  root_is_list root_is_text run_name scale split_number strange_key text_for_number type_is_list \
  word_for_number yes zero_batch zero_rate underscore unknown_optimizer unknown_init comma_in_number \
  extends_map huge_integer predict_flat predict_text no_cost layers_without_parent nothing_needed mse \
  layer_without_type plugins_text number_for_bool wrong_default bad_layer_name infinite_rate above \
  no_layers no_inputs named_input several unknown_activation nothing_in_train wrong_home; do
  wrong="$wrong $checkout/tests/config/wrong/$name.yaml"
done
expect wrong $wrong

# a wrong key or value of a layer is said of that key, in a few errors
said_of() { # said_of LAYER EXPECTED [EXTENDS]
  printf '%s\n' "${3:-}" 'data: diagonal' "model: {input: 2, layers: [$1]}" 'train: {cost: huber}' >layer.yaml
  node validate.mjs schema.json layer.yaml >said
  case $(cat said) in
    "wrong layer.yaml $2 ("[1-9]")") ;;
    *) cat said; echo "  expected: $2, once to 9 times"; failed=1 ;;
  esac
}
for extends in '' 'extends: other.yaml'; do
  said_of '{type: dense, unitz: 1}' '/model/layers/0 must NOT have additional properties unitz' "$extends"
  said_of '{type: dense, units: 0}' '/model/layers/0/units must be >= 1 ' "$extends"
done
exit $failed
