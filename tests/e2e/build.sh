#!/bin/bash
# SPDX-License-Identifier: MIT
# Installing, building from an archive where there is neither clang nor bpftool, and the order of rooms.

. "$(dirname "$0")/../lib.sh"
needs_recording=no

quiet_make() {
	make -s -C "$ROOT" "$@" >make.log 2>&1
}

case_install_and_uninstall_match() {
	holds "install" quiet_make install DESTDIR="$PWD/root" prefix=/usr
	is "$(cd root && find . -type f)" ./usr/bin/prof "files"
	like "$(root/usr/bin/prof --version)" "^prof " "it runs"
	touch root/usr/bin/other
	holds "uninstall" quiet_make uninstall DESTDIR="$PWD/root" prefix=/usr
	is "$(cd root && find . -type f)" ./usr/bin/other "files that are left"
}

case_an_archive_builds_without_clang_and_bpftool() {
	[ -e "$ROOT/.git" ] || skip "this is no git repository"
	holds "dist" quiet_make dist DIST_DIR="$PWD"
	tar -xzf prof-*.tar.gz
	cd prof-*/ || return
	holds "build" make -s -j2 CLANG=false BPFTOOL=false
	like "$(./prof --version)" "^prof " "it runs"
	[ ! -e .git ] || fail_case "the archive has a .git"
	holds "nothing is rebuilt" make -q CLANG=false BPFTOOL=false
}

# Sources alone: nothing that is made.
case_the_repository_holds_what_it_says() {
	[ -e "$ROOT/.git" ] || skip "this is no git repository"
	is "$(git -C "$ROOT" ls-files | grep -v '^\.' | cut -d / -f 1 | sort -u | tr '\n' ' ')" \
		"LICENSE Makefile README.md bpf scripts tests user vmlinux.h " "entries"
	is "$(git -C "$ROOT" ls-files | grep '^\.' | tr '\n' ' ')" \
		".ci/run .clang-format .gitignore .shellcheckrc " "files with a dot"
	is "$(git -C "$ROOT" ls-files | grep -E '\.(o|d|a|data|tmp|log|orig|rej)$')" "" "things made"
}

case_help_names_the_targets() {
	make -s -C "$ROOT" help >text
	for target in all check dist install uninstall fuzz clean; do
		like "$(cat text)" "$target" "$target"
	done
}

case_packages_are_listed_once_and_need_no_network_when_there() {
	run "$ROOT/scripts/install-deps"
	is "$status" 2 "no argument"
	if dpkg-query -W jq >/dev/null 2>&1; then
		run "$ROOT/scripts/install-deps" build
		is "$status" 0 "build packages ($(cat err))"
		is "$(cat out)" "" "nothing to install"
	fi
}

# The floors of the rooms, as the README has them: "ROOM FLOOR" each.
floors() {
	sed -n '/^Lower rooms never/,/^$/p' "$ROOT/README.md" | tr -d '\n' | sed 's/←/\n/g' | awk '{
		while (match($0, /`[a-z]+`/)) {
			print substr($0, RSTART + 1, RLENGTH - 2), NR
			$0 = substr($0, RSTART + RLENGTH)
		}
	}'
}

case_rooms_include_only_lower_ones() {
	floors | sort >known
	(cd "$ROOT/user" && printf '%s\n' */) | tr -d / | sort >there
	is "$(cut -d ' ' -f 1 known)" "$(cat there)" "rooms of the README"
	(cd "$ROOT/user" && grep -o '^#include "[a-z]*/' ./*/*.[ch]) |
		sed 's|^\./\([a-z]*\)/.*"\([a-z]*\)/$|\1 \2|' | sort -u >included
	within "$(wc -l <included)" 50 1000 "pairs of rooms"
	is "$(awk 'NR == FNR { floor[$1] = $2; next }
		$1 != $2 && floor[$2] >= floor[$1] { print $1, "includes", $2 }' known included)" "" \
		"what reaches up"
}

run_cases "$@"
