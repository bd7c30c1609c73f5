#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares two traces in strace's syntax, line by line and thread by thread.

    compare_traces.py STRACE_FILE PROF_FILE [JUDGED_FILE]

Both were written with -f -o FILE, or both without -f. What no two runs of a program have in common
(addresses, pids, times, random bytes) is made equal first; lines that were interrupted are joined.
Prints `EQUAL LINES UNJUDGED`, then the differences as diff does: lines of strace's begin with `-`,
those of prof with `+`, and with a `?` in front if no pattern of the judged file matches them.
"""
import difflib
import re
import sys

PREFIX = re.compile(r"^(\d+) +(.*)$")
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"^<\.\.\. \w+ resumed>(.*)$")


def threads_of(path):
    """The whole lines of each thread, by its number."""
    threads, parts = {}, {}
    with open(path, encoding="utf-8", errors="backslashreplace") as lines:
        for line in lines:
            line = line.rstrip("\n")
            match = PREFIX.match(line)
            pid, text = (match[1], match[2]) if match else ("", line)
            own = threads.setdefault(pid, [])
            resumed = RESUMED.match(text)
            if resumed and pid in parts:
                text = parts.pop(pid) + resumed[1]
            if text.endswith(UNFINISHED):
                parts[pid] = text[: -len(UNFINISHED)]
            elif not FOREIGN.match(text):
                own.append(text)
    return threads


# What others on this machine may put into every process.
FOREIGN = re.compile(r"^(syscall_0x14f|uretprobe)\(")
TIMED = re.compile(r"^(clock_gettime|gettimeofday|times?|getrusage|wait4|clock_nanosleep|"
                   r"sysinfo|--- SIGCHLD|getitimer|timer_gettime|utimensat|io_getevents)\b")
RULES = [
    (re.compile(r"\) += "), ") = "),
    (re.compile(r"0x[0-9a-f]{8,16}\b"), "0xADDRESS"),
    (re.compile(r"\bsi_[us]time=\d+"), "si_time=T"),
    (re.compile(r"st_[acm]time(_nsec)?=\d+( /\* [^*]* \*/)?"), "st_time=T"),
    (re.compile(r"(getrandom\()\"[^\"]*\"(\.\.\.)?"), r'\1"RANDOM"'),
    (re.compile(r"(?<=[\[>])\d{5,}(?=[\],\-])"), "INODE"),
    (re.compile(r"(:|htons\()(3[2-9]|[45]\d|60)\d{3}\b"), r"\1PORT"),
    (re.compile(r"/\* \d+ vars \*/"), "/* N vars */"),
    (re.compile(r"<\d+\.\d+>$"), "<T>"),
    (re.compile(r"^((?:set_tid_address|getpid|gettid|getppid|getpgrp)\(.*\)) = \d+"), r"\1 = PID"),
    (re.compile(r"/proc/\d+"), "/proc/PID"),
    (re.compile(r"(si_pid|ru_\w+)=\d+"), r"\1=N"),
]


def normalised(text, pids):
    if TIMED.match(text):
        text = re.sub(r"(tv_n?u?sec=)\d+", r"\1T", text)
        text = re.sub(r"\d{4,}", "T", text)
    text = re.sub(r"(?<![\w.])\d+(?!\w)", lambda m: pids.get(m[0], m[0]), text)
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def read(path):
    threads = dict(sorted(threads_of(path).items(), key=lambda item: int(item[0] or 0)))
    pids = {pid: f"PID{i}" for i, pid in enumerate(threads) if pid}
    return [[normalised(text, pids) for text in lines] for lines in threads.values()]


def main():
    ours, theirs = read(sys.argv[2]), read(sys.argv[1])
    judged = []
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as patterns:
            judged = [re.compile(line.rstrip("\n").split("\t")[0]) for line in patterns
                      if line.strip() and not line.startswith("#")]
    equal = lines = unjudged = 0
    differences = []
    empty = [[]]
    for i in range(max(len(ours), len(theirs))):
        a, b = (theirs[i:i + 1] or empty)[0], (ours[i:i + 1] or empty)[0]
        matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
        same = sum(block.size for block in matcher.get_matching_blocks())
        equal += same
        lines += max(len(a), len(b))
        for tag, a0, a1, b0, b1 in matcher.get_opcodes():
            if tag == "equal":
                continue
            for sign, text in [("-", t) for t in a[a0:a1]] + [("+", t) for t in b[b0:b1]]:
                known = any(pattern.search(text) for pattern in judged)
                unjudged += not known
                differences.append(("" if known else "?") + sign + text)
    print(equal, lines, unjudged)
    print("\n".join(differences))


main()
