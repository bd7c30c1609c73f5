#!/bin/bash
# SPDX-License-Identifier: MIT
# Page faults of real programs: all that the kernel counted is accounted for, the causes add up, and
# hardly any is unknown.

. "$(dirname "$0")/../lib.sh"

# adds_up NAME LEAST: the recording x has at least so many faults, and none is left over
adds_up() {
	"$PROF" report --json -i x >r
	within "$(jq .totals.faults r)" "$2" 10000000 "$1: faults"
	is "$(jq '.reconciliation | .unexplained' r)" 0 "$1: unexplained"
	is "$(jq '.lost.total' r)" 0 "$1: lost"
	is "$(jq '[.fault_causes[] | select(.cause != "populated") | .pages] | add' r)" \
		"$(jq .totals.faults r)" "$1: sum of the causes"
	is "$(jq '.totals.faults >= 100 * .memory.unknown_faults' r)" true "$1: unknown"
	[ "$1" = java ] || # most of its stacks are of code that it has made
		is "$(jq '.stacks | .complete >= 49 * .incomplete' r)" true "$1: complete stacks"
	echo "# $1: $(jq -c '[.totals.faults, .memory.unknown_faults, .memory.likely_faults]' r)"
}

# explained NAME LEAST COMMAND...
explained() {
	local name=$1 least=$2
	shift 2
	needs "$1"
	record x "$@" >output 2>&1
	is "$status" 0 "$name: exit status"
	adds_up "$name" "$least"
}

case_database() {
	explained sqlite3 1000 sqlite3 data.db "create table t (a, b);
		with recursive n(i) as (select 1 union all select i + 1 from n where i < 60000)
		insert into t select i, hex(randomblob(20)) from n;
		create index t_b on t (b); select count(*), max(b) from t;"
}

case_compressors() {
	head -c 6M "$PROF" >data
	explained zstd 1000 zstd -q -19 -T2 -f data -o data.zst
	explained xz 1000 xz -k -f -2 data
}

case_interpreters() {
	explained perl 1000 perl -e 'my %h; $h{$_} = "x" x ($_ % 50) for 1 .. 40000; print scalar(keys %h), "\n"'
	explained python3 1000 python3 -c 'import json, re; d = {str(i): [i] * 9 for i in range(20000)}; print(len(json.dumps(d)))'
}

case_sorting() {
	seq 200000 | shuf --random-source=/dev/zero >lines
	explained sort 500 sort -S 20M --parallel=2 lines -o sorted
}

# It forks to save what it holds, and writes on: copies of both.
case_a_server_that_saves_in_the_background() {
	needs redis-server redis-cli
	cat >talk.sh <<-'END'
		redis-server --port 0 --unixsocket "$PWD/socket" --save '' --dir "$PWD" >log 2>&1 &
		server=$!
		cli() { redis-cli -s "$PWD/socket" "$@" >/dev/null; }
		for _ in $(seq 100); do cli ping 2>/dev/null && break; sleep 0.05; done
		cli debug populate 20000 key 100
		cli bgsave
		cli eval 'for i = 0, 19999 do redis.call("append", "key:" .. i, "more") end' 0
		for _ in $(seq 200); do
			redis-cli -s "$PWD/socket" info persistence | grep -q 'rdb_bgsave_in_progress:0' && break
			sleep 0.05
		done
		cli shutdown nosave
		wait $server
	END
	explained redis-server 2000 bash talk.sh
	within "$(jq '[.fault_causes[] | select(.cause == "copy_on_write") | .pages] | add' r)" 200 1000000 \
		"copies"
}

# Large to install, so it is tested where it is already.
case_java_virtual_machine() {
	needs java
	explained java 3000 java -Xshare:auto -Xmx64m -version
}

run_cases "$@"
