#!/bin/bash
# SPDX-License-Identifier: MIT
# Installing, and building from an archive where there is neither clang nor bpftool.

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
	[ -d "$ROOT/.git" ] || skip "this is no git repository"
	holds "dist" quiet_make dist DIST_DIR="$PWD"
	tar -xzf prof-*.tar.gz
	cd prof-*/ || return
	holds "build" make -s -j2 CLANG=false BPFTOOL=false
	like "$(./prof --version)" "^prof " "it runs"
	[ ! -e .git ] || fail_case "the archive has a .git"
	holds "nothing is rebuilt" make -q CLANG=false BPFTOOL=false
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

run_cases "$@"
