#!/bin/sh
# What `nnrun completion SHELL` prints, asked in that shell as a user's Tab asks it.
# usage: completion_test.sh NNRUN bash|zsh|fish
set -eu
program=$(realpath "$1") shell=$2
command -v "$shell" >/dev/null || { echo "skipped: $shell is not installed"; exit 77; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir bin home files
ln -s "$program" bin/nnrun
PATH=$scratch/bin:$PATH HOME=$scratch/home TERM=dumb LC_ALL=C.UTF-8
export PATH HOME TERM LC_ALL
nnrun completion "$shell" >script
cd files
touch config.yaml "config two.yaml" bent.so
mkdir runs

ask_bash() {
  # the words before the last are whole: none of them is quoted here
  cat >../ask.bash <<'END'
source ../script
read -ra COMP_WORDS <<<"$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_nnrun
printf '%s\n' "${COMPREPLY[@]}"
END
  bash --norc ../ask.bash "$1"
}
ask_fish() {
  fish --no-config -c 'source ../script; complete -C $argv[1]' "$1"
}
# A line editor in a terminal of its own; the matches are caught where completion adds them.
ask_zsh() {
  cat >../ask.zsh <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
answer() { # until the mark, which the shell's echo of the command does not hold
  local all= part
  while zpty -r shell part; do all+=$part; [[ $all == *"<$1>"* ]] && break; done
  print -r -- $all
}
zpty -w shell "PS1= PS2= RPS1=; stty -echo 2>/dev/null; autoload -Uz compinit; compinit -u -D"
zpty -w shell "source ../script"
zpty -w shell 'compadd() {
  local -a found given; given=("$@")
  if [[ ${given[(I)-(O|A|D)]} -gt 0 ]]; then builtin compadd "$@"; return; fi
  builtin compadd -A found "$@"
  print -rl -- "|"${^found} >>../found
  builtin compadd "$@"
}'
zpty -w shell 'tell() { zle complete-word; zle kill-buffer; print "<""told>" }; zle -N tell'
zpty -w shell 'bindkey "^I" tell; bindkey "^U" kill-buffer; : >../found; print "<""ready>"'
answer ready >/dev/null
zpty -w -n shell "$1"$'\t'
answer told >/dev/null
sed -n "s/^|//p" ../found | tr -d "\\\\" | sort -u # blanks come with a backslash
zpty -d shell
END
  timeout 30 zsh -f ../ask.zsh "$1"
}

wrong=0
gives() { # gives WORDS ANSWER...: among the answers
  asked=$1
  shift
  "ask_$shell" "$asked" </dev/null >../answer 2>../said || true
  for wanted; do
    grep -qxF -e "$wanted" ../answer && continue
    wrong=1
    echo "$shell: '$asked' does not give '$wanted', but:"
    cat ../answer ../said
  done
}
gives_only() { # gives_only WORDS ANSWER...: these and no others
  gives "$@"
  shift
  [ "$(sort -u ../answer | wc -l)" = $# ] && return
  wrong=1
  echo "$shell: '$asked' gives more than $*:"
  cat ../answer ../said
}

gives_only 'nnrun che' check
gives 'nnrun ' train check help config.yaml
gives 'nnrun conf' config.yaml 'config two.yaml'
gives 'nnrun train conf' config.yaml
gives 'nnrun check bent' bent.so
gives_only 'nnrun compare --se' --seeds --set
gives_only 'nnrun sweep config.yaml --sh' --shard
gives_only 'nnrun config.yaml --thr' --threads
gives_only 'nnrun check --no' --no-plugins
gives_only 'nnrun new act' activation
gives_only 'nnrun completion ' bash zsh fish
gives_only 'nnrun plugins log_s' log_softmax
gives 'nnrun plugins ben' bent.so
gives_only 'nnrun help sw' sweep
gives_only 'nnrun runs di' diff
gives_only 'nnrun config.yaml --set train.b' train.batch_size=
gives_only 'nnrun compare config.yaml --set data.split.s' data.split.shuffle= data.split.stratify=
gives 'nnrun train config.yaml --set mo' model.defaults.activation= model.input=
[ "$shell" = fish ] || gives_only 'nnrun train --resume r' runs # fish adds a slash
exit $wrong
