# SPDX-License-Identifier: MIT
#
# Folds the text of `perf script`, as stackcollapse-perf.pl is known to do with default options, or
# with --all if `all` is set: what users' tools make of `prof script --format=perf`.

# Removes what a tool takes for noise, and marks what it takes for inlined or the kernel's.
function tidy(name, module, is_inlined) {
	if (name == "[unknown]" && module != "[unknown]") {
		sub(/.*\//, "", module)
		name = "[" module "]"
	}
	gsub(/;/, ":", name)
	gsub(/["']/, "", name)
	sub(/\(.*/, "", name)
	if (is_inlined)
		return name "_[i]"
	if (all && module ~ /^\[|vmlinux$/ && module !~ /unknown/)
		return name "_[k]"
	return name
}

# Only the kind of event that comes first counts.
function begin_event(    event) {
	event = $NF
	if (!wanted)
		wanted = event
	match($0, /^[^ ].[^ ]* +[0-9]+(\/[0-9]+)? /)
	command = event == wanted && RLENGTH > 0 ? substr($0, 1, RLENGTH - 1) : ""
	sub(/ +[0-9]+(\/[0-9]+)?$/, "", command)
	gsub(/ /, "_", command)
	stack = ""
}

function add_frame(    line, module, names, nr, i, frames) {
	line = $0
	sub(/^[ \t]*[0-9a-f]+ */, "", line)
	module = line
	sub(/.* \(/, "", module)
	sub(/\).*/, "", module)
	sub(/ \([^ ]*$/, "", line)
	sub(/\+0x[0-9a-f]+$/, "", line)
	if (line ~ /^\(/)
		return
	nr = split(line, names, "->")
	for (i = 1; i <= nr; i++)
		frames = frames ";" tidy(names[i], module, i > 1)
	stack = frames stack
}

/^#/ { next }
/^$/ {
	if (command != "")
		folded[command stack]++
	command = ""
	next
}
/^[^ \t]/ { begin_event(); next }
command != "" { add_frame() }

END {
	for (path in folded)
		print path, folded[path]
}
