# shellcheck shell=bash
# What the rows share. A row is a program in rows/ that takes samples and reports lines of the table.
# It gets, all set by ./run:
#   BENCH_BIN      folder of the built programs
#   BENCH_SCRATCH  an empty folder of its own, removed afterwards
#   BENCH_PEERS    a folder that stays, for programs to compare with
#   BENCH_RESULTS  where its lines go
#   BENCH_ROUNDS   how often to measure what takes less than a second; `rounds` gives a share of it
# Contenders are sampled in turn within each round, so that other load hits them alike; their ratio
# is taken round by round.
set -euo pipefail
export TMPDIR=$BENCH_SCRATCH/tmp XDG_STATE_HOME=$BENCH_SCRATCH/state
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
mkdir -p "$TMPDIR"
row=$(basename "$0")

# 1 to N; never fewer than three rounds.
rounds() {  # divisor
  local n=$((BENCH_ROUNDS / $1))
  seq "$((n < 3 ? 3 : n))"
}

# Runs a command and keeps wall µs, CPU µs and peak KiB as NAME's next sample.
sample() {  # name command...
  local name=$1
  shift
  "$BENCH_BIN/ameide_bench_timed" "$BENCH_SCRATCH/$name.samples" "$@" \
    </dev/null >"$BENCH_SCRATCH/$name.log" 2>&1 && return 0
  tail -n 20 "$BENCH_SCRATCH/$name.log" >&2
  fail "$name failed"
}

# Values for `report`, one per line.
wall_ms() { awk '{ print $1 / 1e3 }' "$BENCH_SCRATCH/$1.samples"; }
cpu_s() { awk '{ print $2 / 1e6 }' "$BENCH_SCRATCH/$1.samples"; }
peak_mib() { awk '{ print $3 / 1024 }' "$BENCH_SCRATCH/$1.samples"; }
per_second() { awk -v n="$2" '{ print n / ($1 / 1e6) }' "$BENCH_SCRATCH/$1.samples"; }  # name amount
ratio() {  # name name [column]
  paste -d ' ' <(cut -d ' ' -f "${3:-1}" "$BENCH_SCRATCH/$1.samples") \
    <(cut -d ' ' -f "${3:-1}" "$BENCH_SCRATCH/$2.samples") |
    awk 'NF != 2 { print "samples without a pair" >"/dev/stderr"; exit 1 } { print $1 / $2 }'
}

# The row fails, with nothing in the table, when something did not do the work that was timed.
fail() {
  printf '%s: %s\n' "$row" "$*" >&2
  exit 1
}
said() { grep -qF "$2" "$BENCH_SCRATCH/$1.log" || fail "$1 did not say: $2"; }  # name text

# A line of the table from the values on standard input. TARGET is "<= N", ">= N" or nothing; the
# median meets it or misses it. On a busy machine the best sample says whether it is within reach.
report() {  # text unit [target]
  sort -g | awk -v row="$row" -v text="$1" -v unit="$2" -v target="${3:-}" '
    function meets(x) { return part[1] == "<=" ? x <= part[2] + 0 : x >= part[2] + 0 }
    { value[NR] = $1 }
    END {
      if (NR == 0) { print row ": no samples of " text >"/dev/stderr"; exit 1 }
      median = NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2
      split(target, part, " ")
      best = value[part[1] == "<=" ? 1 : NR]
      verdict = target == "" ? "" : meets(median) ? "met" : meets(best) ? "met at best" : "missed"
      printf "%s\t%s\t%s\t%d\t%.6g\t%.6g\t%.6g\t%s\t%s\t\n",
             row, text, unit, NR, value[1], median, value[NR], target, verdict
    }' >>"$BENCH_RESULTS"
}

# A line that could not be measured.
missing() {  # text why [target]
  printf '%s\t%s\t\t0\t\t\t\t%s\tnot measured\t%s\n' "$row" "$1" "${3:-}" "$2" >>"$BENCH_RESULTS"
}

# Prints the path of a program to compare with; else says why there is none in $BENCH_SCRATCH/why.
peer() { "$(dirname "$0")/../peers/$1" "$BENCH_PEERS" 2>"$BENCH_SCRATCH/why"; }
why() { tail -n 1 "$BENCH_SCRATCH/why" | tr '\t' ' '; }

# Prints a fresh folder for MIB of files, on a RAM disk when that leaves enough memory: disks differ
# more than programs do. Whoever asks removes it.
work_folder() {  # MiB
  local parent=$BENCH_SCRATCH free room
  free=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
  room=$(df -m --output=avail /dev/shm 2>/dev/null | tail -n 1) || room=0
  [ "$free" -lt "$((2 * $1))" ] || [ "$room" -lt "$1" ] || [ ! -w /dev/shm ] || parent=/dev/shm
  mktemp -d -p "$parent"
}

# A repository of 200 small files.
make_repository() {  # folder
  local i
  git init -q -b main "$1"
  mkdir "$1/services"
  for i in $(seq 200); do echo "file $i" >"$1/services/$i.txt"; done
  git -C "$1" add -A
  git -C "$1" -c user.name=Bench -c user.email=bench@example.invalid commit -q -m files
}
