# shellcheck shell=bash disable=SC2154 # what scripts/bench and figures.sh set
# SPDX-License-Identifier: MIT
#
# bench stats: quantiles, sums and clusters, beside what others use for them. One thread each, times
# of the processor taken inside, the arms of a comparison in turns; ratios are medians of the rounds' own ratios.
# Peers: C++, and where they are installed (scripts/install-deps bench) numpy, scikit-learn, highway.

N=${N:-10000000}        # values of a column
LARGE=${LARGE-100000000} # and of the large one; empty leaves it out
POINTS=${POINTS:-1000000}
EVENTS=${EVENTS-100000000} # of a recording; empty leaves it out
KINDS="uniform eight constant sorted neighbours gaps dense half sleeps"
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

# What an arm prints: a figure, and on stderr its answer.
arm() {
	local name=$1
	shift
	"$@" 2>"answer.$name" >"ms.$name" || return
	note_figure "$name" "$(<"ms.$name")"
}

ours() {
	arm "$1" ./stats "${@:2}"
}

python() {
	arm "$1" /usr/bin/python3 "$BENCHES/stats_peers.py" "${@:2}"
}

# ratio NAME OVER UNDER: of this round
ratio() {
	[ -s "ms.$2" ] && [ -s "ms.$3" ] &&
		note_figure "$1" "$(calculate "$(<"ms.$2")/$(<"ms.$3")")"
}

limit_ratio() {
	measured "$2" && limit "$1" "$(median "$2")" '>=' "$3" x
}

build() {
	local vqsort=()
	[ -e /usr/include/hwy/contrib/sort/vqsort.h ] && vqsort=(-DHAS_VQSORT -lhwy_contrib -lhwy)
	gcc -std=gnu11 -O2 -D_GNU_SOURCE -I"$ROOT/user" -I"$ROOT/bpf" -I"$ROOT" -o stats \
		"$BENCHES/stats.c" "$ROOT/.build/libprof.a" -lm -lpthread || exit 1
	g++ -O3 -march=native -o peers "$BENCHES/stats_peers.cc" "${vqsort[@]}" || exit 1
	/usr/bin/python3 -c 'import numpy' 2>/dev/null && HAS_NUMPY=1
	/usr/bin/python3 -c 'import sklearn' 2>/dev/null && HAS_SKLEARN=1
}

# quantiles_round SUFFIX FILE TIMES: the best of so many times
quantiles_round() {
	ours "select$1" select "$2" "$3"
	ours "footers$1" footers "$2" "$3"
	arm "nth$1" ./peers nth_element "$2" "$3"
	arm "vqsort$1" ./peers vqsort "$2" "$3" || rm -f "ms.vqsort$1"
	[ -z "${HAS_NUMPY-}" ] || python "numpy$1" quantiles "$2"
	ratio "nth-ratio$1" "nth$1" "select$1"
	ratio "vqsort-ratio$1" "vqsort$1" "select$1"
	ratio "numpy-ratio$1" "numpy$1" "select$1"
	ratio "footers-ratio$1" "nth$1" "footers$1"
	cmp -s <(tail -n 1 "answer.select$1") "answer.nth$1" || echo "  FAIL  different quantiles of $2"
}

limit_quantiles() {
	printf '  ms: %.1f; from footers %.1f\n' "$(median "select$1")" "$(median "footers$1")"
	limit_ratio "times faster than nth_element" "nth-ratio$1" 8
	limit_ratio "times faster than numpy" "numpy-ratio$1" 8
	limit_ratio "times faster than vqsort" "vqsort-ratio$1" 2
	limit_ratio "from footers, than nth_element" "footers-ratio$1" 20
}

bench_quantiles() {
	for kind in mixed $KINDS; do
		./stats make "$kind" "$N" "$kind"
	done
	for _ in $(seq "$ROUNDS"); do
		quantiles_round "" mixed 3
		for kind in $KINDS; do
			ours "$kind" select "$kind"
			ratio "$kind-ratio" "$kind" select
		done
	done
	arm qsort ./peers qsort mixed 1
	ratio qsort-ratio qsort select
	echo "Seven quantiles of $N numbers"
	limit_quantiles ""
	limit_ratio "times faster than qsort" qsort-ratio 25
	for kind in $KINDS; do
		limit "$kind, over mixed" "$(median "$kind-ratio")" '<=' 2 x
	done
}

bench_large() {
	[ -n "$LARGE" ] || return
	./stats make mixed "$LARGE" large
	for _ in 1 2 3; do
		quantiles_round -large large 2
	done
	rm -f large
	echo
	echo "Seven quantiles of $LARGE numbers"
	limit_quantiles -large
}

# Wall time of the whole command, the best of several: what somebody waits for.
bench_footers() {
	[ -n "$EVENTS" ] || return
	local bytes
	"${PROGRAMS%/programs}/made/many_calls" events.data "$EVENTS" || exit 1
	for _ in $(seq 10); do
		note_figure quick "$(seconds "$PROF" report --percentiles --quick -i events.data)"
	done
	bytes=$(strace -f -e trace=pread64,read -P events.data "$PROF" report --percentiles --quick \
		-i events.data 2>&1 >/dev/null | awk -F'= ' '/^(pread64|read)/ { sum += $NF } END { print sum + 0 }')
	echo
	echo "Percentiles of a recording of $EVENTS events, $(stat -c %s events.data) bytes"
	limit "ms of prof report --percentiles --quick" \
		"$(calculate "$(sort -g "$work/figures.quick" | head -n 1) * 1000")" '<=' 50
	limit "bytes of the file that it reads, in a million" \
		"$(calculate "$bytes * 1e6 / $(stat -c %s events.data)")" '<=' 1000
	rm -f events.data
}

bench_moments() {
	for _ in $(seq "$ROUNDS"); do
		ours read read mixed
		ours moments moments mixed
		ratio moments-part read moments
		[ -z "${HAS_NUMPY-}" ] || python numpy-moments moments mixed
		ratio moments-ratio numpy-moments moments
	done
	echo
	echo "Count, sum, least, greatest and deviation of $N numbers: $(median moments) ms"
	limit "part of what memory gives" "$(median moments-part)" '>=' 0.6
	! measured moments-ratio || printf '  times faster than numpy: %.1f\n' "$(median moments-ratio)"
}

# kmeans_shape D K LIMIT
kmeans_shape() {
	local d=$1 k=$2 shape=$1-$2
	./stats points "$d" "$POINTS" points
	for _ in $(seq "$ROUNDS"); do
		ours "peak-$shape" peak
		ours "assign-$shape" assign "$d" "$k" 131072
		ratio "flops-$shape" "assign-$shape" "peak-$shape"
		ours "kmeans-$shape" kmeans "$d" "$k" points labels
		[ -n "${HAS_SKLEARN-}" ] || continue
		python "sklearn-$shape" kmeans "$d" "$k" points labels
		ratio "kmeans-ratio-$shape" "sklearn-$shape" "kmeans-$shape"
	done
	printf '  %d features, %d clusters: %.2f ms an iteration\n' "$d" "$k" "$(median "kmeans-$shape")"
	limit_ratio "times faster than scikit-learn" "kmeans-ratio-$shape" "$3"
	[ -z "${HAS_SKLEARN-}" ] ||
		limit "% of points in the same cluster" "$(cut -d' ' -f1 "answer.sklearn-$shape")" '>=' 99.9
	limit "assignment, part of the peak" "$(median "flops-$shape")" '>=' 0.65
}

bench_kmeans() {
	echo
	echo "Clusters of $POINTS points"
	kmeans_shape 16 16 4
	kmeans_shape 4 8 2.5
	kmeans_shape 8 8 2.5
	kmeans_shape 32 16 2.5
	kmeans_shape 64 16 2.5
}

build
bench_quantiles
bench_large
bench_footers
bench_moments
bench_kmeans
