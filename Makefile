# SPDX-License-Identifier: MIT
#
# `make` leaves the program at ./prof, `make help` lists the rest.
#
# The BPF programs become one object and one skeleton, skel/prof.skel.h. Its rule names the sources
# directly, so that a tarball which ships the skeleton builds without clang and bpftool.

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

VERSION := 0.1.0
prefix ?= /usr/local
bindir = $(prefix)/bin

CC ?= gcc
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format

# Options: V=1 shows commands, DEBUG=1 drops optimisation, WERROR=1 is what CI uses,
# SAN=address,undefined builds with sanitizers into a directory of its own.
ifneq ($(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),)
say = @
else ifeq ($(V),)
say = @printf '  %-7s %s\n' $(1) $(2);
else
say =
endif
comma := ,
O ?= .build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
PROF := $(if $(filter-out .build,$(O)),$(O)/prof,prof)

PACKAGES := libbpf libelf libdw libzstd libxxhash jansson libcap
CPPFLAGS += -D_GNU_SOURCE -DPROF_VERSION='"$(VERSION)"' -Iuser -Ibpf -I. \
	-isystem skel $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
CFLAGS += -std=gnu11 -g $(if $(DEBUG),-O0,-O2) -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wno-missing-field-initializers $(if $(WERROR),-Werror) \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
LDLIBS += $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -liberty -lpthread -lm
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -Wall -Wextra -Wno-unused-parameter \
	-Wno-missing-declarations $(if $(WERROR),-Werror)

SOURCES := $(wildcard user/*.c user/*/*.c)
OBJECTS := $(SOURCES:%.c=$(O)/%.o)
LIBRARY := $(O)/libprof.a

# The kernels of user/stats, compiled once for each instruction set: user/stats/kernels/lanes.h. No
# multiply-add is fused that is not written so, for the same digits everywhere.
KERNEL_ISAS_x86_64 := scalar avx2 avx512
KERNEL_ISAS_aarch64 := scalar neon
KERNEL_CFLAGS := -O3 -ffp-contract=off -fno-math-errno
KERNEL_CFLAGS_scalar := -fno-tree-vectorize
KERNEL_CFLAGS_avx2 := -mavx2 -mfma -mbmi -mbmi2 -mlzcnt -DPROF_ISA_AVX2
KERNEL_CFLAGS_avx512 := -mavx2 -mfma -mbmi -mbmi2 -mlzcnt -mavx512f -mavx512bw -mavx512cd \
	-mavx512dq -mavx512vl -mprefer-vector-width=512 -DPROF_ISA_AVX512
KERNEL_CFLAGS_neon := -DPROF_ISA_NEON
KERNEL_SOURCES := $(wildcard user/stats/kernels/*.c)
KERNEL_ISAS := $(KERNEL_ISAS_$(firstword $(subst -, ,$(shell $(CC) -dumpmachine))))
KERNEL_OBJECTS := $(foreach isa,$(or $(KERNEL_ISAS),scalar),$(KERNEL_SOURCES:%.c=$(O)/%.$(isa).o))
BPF_SOURCES := $(wildcard bpf/*.bpf.c)
BPF_HEADERS := $(wildcard bpf/*.h) vmlinux.h
UNIT_TESTS := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test_*.c))
TEST_PROGRAMS := $(O)/programs/prof-of-2022 \
	$(patsubst tests/programs/%.c,$(O)/programs/%,$(wildcard tests/programs/*.c)) \
	$(patsubst tests/made/%.c,$(O)/made/%,$(wildcard tests/made/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

all: $(PROF) ## build ./prof (the default)

$(PROF): $(O)/user/main.o $(LIBRARY)
	$(call say,LINK,$@) $(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(filter-out $(O)/user/main.o,$(OBJECTS)) $(KERNEL_OBJECTS)
	$(call say,AR,$@) rm -f $@ && ar rcs $@ $^

$(O)/user/%.o: user/%.c | skel/prof.skel.h
	$(call say,CC,$<) mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define kernel_rule
$(O)/user/stats/kernels/%.$(1).o: user/stats/kernels/%.c
	$$(call say,CC,$$@) mkdir -p $$(@D) && $$(CC) $$(CPPFLAGS) $$(CFLAGS) \
		$$(KERNEL_CFLAGS) $$(KERNEL_CFLAGS_$(1)) -DPROF_ISA=$(1) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,scalar avx2 avx512 neon,$(eval $(call kernel_rule,$(isa))))

# What the kernels hand on keeps its digits too.
$(filter $(O)/user/stats/%,$(OBJECTS)): CFLAGS += -ffp-contract=off

# <asm/types.h> lies in a directory that only the compiler's own triplet knows.
BPF_INCLUDES := -Ibpf -I. -idirafter /usr/include/$(shell $(CC) -dumpmachine)
BPF_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
compile_bpf = $(CLANG) $(BPF_CFLAGS) -D__TARGET_ARCH_$(1) $(BPF_INCLUDES) -c
skel/prof.skel.h: $(BPF_SOURCES) $(BPF_HEADERS)
	$(call say,BPF,$@) mkdir -p skel $(O)/bpf && \
	for source in $(BPF_SOURCES); do \
		$(call compile_bpf,$(BPF_ARCH)) -o $(O)/bpf/$$(basename $$source .c).o $$source || exit 1; \
	done && \
	$(BPFTOOL) gen object $(O)/bpf/prof.linked.o $(BPF_SOURCES:bpf/%.c=$(O)/bpf/%.o) && \
	$(BPFTOOL) gen skeleton $(O)/bpf/prof.linked.o name prof_bpf > $@

# What is put into the program as it is.
$(O)/user/output/flame_assets.o: $(wildcard user/output/flame*.js) user/output/flame.css

# A system header to the compiler (it is not ours to warn about), so not among its dependencies.
$(patsubst %.c,$(O)/%.o,$(shell grep -l 'prof[.]skel[.]h' $(SOURCES))): skel/prof.skel.h

$(O)/tests/%: tests/unit/%.c $(LIBRARY)
	$(call say,CC,$<) mkdir -p $(@D) && \
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIBRARY) $(LDLIBS) -lcmocka

# The programs that tests record: without sanitizers, and with a frame in every function, which gcc
# keeps at -O0 alone.
PROGRAM_CFLAGS = -O0
$(O)/programs/hard_stacks: PROGRAM_CFLAGS = -O2 -fomit-frame-pointer -Wl,-z,lazy
$(O)/programs/segments_apart: PROGRAM_CFLAGS = -O2 -no-pie -Wl,--section-start=.apart=0x480000
$(O)/programs/dwfl_stacks $(O)/programs/dwfl_faults: PROGRAM_LDLIBS = $(shell $(PKG_CONFIG) --libs libdw libelf)
$(O)/programs/alloc_patterns: PROGRAM_LDLIBS = -lz -lzstd
$(O)/programs/compare_stacks $(O)/programs/ptrace_lines: \
	PROGRAM_CFLAGS = $(CPPFLAGS) -O2 -Wno-missing-field-initializers
$(O)/programs/compare_stacks $(O)/programs/ptrace_lines: PROGRAM_LDLIBS = $(LIBRARY) $(LDLIBS)
$(O)/programs/compare_stacks $(O)/programs/ptrace_lines: $(LIBRARY)
$(O)/programs/lost_stacks: PROGRAM_CFLAGS = -O2 -fno-optimize-sibling-calls
$(O)/programs/mapped_code: PROGRAM_CFLAGS = -O2 -fomit-frame-pointer -fno-toplevel-reorder \
	-fno-optimize-sibling-calls
$(O)/programs/lost_files $(O)/programs/jit_calls: PROGRAM_CFLAGS = -O2 -fomit-frame-pointer
# A prof that knows the system calls of Linux 6.1, and no later ones.
$(O)/programs/prof-of-2022: user/decode/syscalls.c $(O)/user/main.o $(LIBRARY)
	$(call say,LINK,$@) mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) \
		-DFIRST_UNKNOWN_SYSCALL=451 -o $@ $^ $(LDLIBS)
$(O)/programs/%: tests/programs/%.c
	$(call say,CC,$<) mkdir -p $(@D) && $(CC) -std=gnu11 -g $(PROGRAM_CFLAGS) \
		-Wall -Wextra -D_GNU_SOURCE -MMD -MP -o $@ $< $(PROGRAM_LDLIBS) -lpthread

# Programs that write recordings which no program could make.
$(O)/made/%: tests/made/%.c $(LIBRARY)
	$(call say,CC,$<) mkdir -p $(@D) && \
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -o $@ $< $(LIBRARY) $(LDLIBS)

unit-tests: $(UNIT_TESTS) ## build the unit tests

test-programs: $(TEST_PROGRAMS) ## build the programs that the end-to-end tests record

check: ## install what tests need, build, run all tests (as root)
	scripts/check

test: check ## the same

# The programs know two architectures; the other one must at least compile.
compile-check-aarch64: ## compile the BPF programs and the kernels of statistics for aarch64
	$(call say,BPF,aarch64) for source in $(BPF_SOURCES); do \
		$(call compile_bpf,arm64) -o /dev/null $$source || exit 1; \
	done
	$(call say,CC,aarch64) for source in $(KERNEL_SOURCES); do \
		$(CLANG) --target=aarch64-linux-gnu -ffreestanding $(BPF_INCLUDES) -Iuser -std=gnu11 \
			-Wall -Wextra -Werror $(KERNEL_CFLAGS) $(KERNEL_CFLAGS_neon) -DPROF_ISA=neon \
			-fsyntax-only $$source || exit 1; \
	done

# All that fuzz targets test, compiled once for them all, with what guides the fuzzer.
FUZZ_SOURCES := $(filter-out user/main.c user/cmd/% user/capture/% user/correlate/% \
	user/ptrace/% user/record/% user/trace/%,$(SOURCES))
FUZZ_LIBRARY := $(O)/fuzz/libprof.a
FUZZ_CFLAGS := -std=gnu11 -g -O1 -fno-sanitize-recover=all
FUZZ_RUNS ?= 10000
FUZZ_SECONDS ?= 600
$(O)/fuzz/user/%.o: user/%.c | skel/prof.skel.h
	$(call say,FUZZ,$<) mkdir -p $(@D) && $(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) \
		-fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<

$(FUZZ_LIBRARY): $(FUZZ_SOURCES:%.c=$(O)/fuzz/%.o) $(KERNEL_OBJECTS)
	$(call say,AR,$@) rm -f $@ && ar rcs $@ $^

$(O)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_LIBRARY)
	$(call say,FUZZ,$@) mkdir -p $(@D) && $(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) \
		-fsanitize=fuzzer,address,undefined -o $@ $^ $(LDLIBS)

# What libFuzzer finds it adds to the first directory, so that is not the one in the repository.
FUZZ_FLAGS := -max_len=65536 -rss_limit_mb=1024 -timeout=10 -artifact_prefix=$(O)/fuzz/
replay-%: $(O)/fuzz/%
	rm -rf $<.replayed && mkdir $<.replayed && \
	$< -seed=1 -runs=$(FUZZ_RUNS) $(FUZZ_FLAGS) $<.replayed $(wildcard tests/fuzz/$*.corpus)

fuzz: $(FUZZERS:=.found) ## fuzz each parser for FUZZ_SECONDS (600)
$(O)/fuzz/%.found: $(O)/fuzz/% FORCE
	mkdir -p $@ && \
	$< -max_total_time=$(FUZZ_SECONDS) $(FUZZ_FLAGS) $@ $(wildcard tests/fuzz/$*.corpus)

FORCE:

install: $(PROF) ## install below $(DESTDIR)$(prefix)
	install -D -m 755 $(PROF) $(DESTDIR)$(bindir)/prof

uninstall: ## remove exactly what install put there
	rm -f $(DESTDIR)$(bindir)/prof

# So that somebody other than root can record: to root's group only, and never by itself.
CAPABILITIES := cap_bpf,cap_perfmon,cap_sys_ptrace,cap_syslog
setcap: ## let members of the group root record with the installed program
	chmod 750 $(DESTDIR)$(bindir)/prof
	setcap $(CAPABILITIES)=ep $(DESTDIR)$(bindir)/prof

# The skeleton is in it, newer than its sources, so that it builds without clang and bpftool.
DIST := prof-$(VERSION)
DIST_DIR ?= .
dist: skel/prof.skel.h ## make the source archive prof-$(VERSION).tar.gz
	{ git ls-files; echo skel/prof.skel.h; } | \
		tar -czf $(DIST_DIR)/$(DIST).tar.gz --transform 's,^,$(DIST)/,' --owner=0 --group=0 -T -

format: ## let clang-format decide the layout
	$(CLANG_FORMAT) -i $(shell git ls-files '*.c' '*.h')

clean: ## remove everything that was built
	rm -rf .build skel prof

help: ## list the targets and options
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 28
	@echo; echo '  V=1 DEBUG=1 WERROR=1 SAN=address,undefined O=dir prefix=/usr/local DESTDIR='

.PHONY: all unit-tests test-programs test check compile-check-aarch64 fuzz install uninstall setcap dist \
	format clean help FORCE

-include $(OBJECTS:.o=.d) $(KERNEL_OBJECTS:.o=.d) $(UNIT_TESTS:=.d) $(TEST_PROGRAMS:=.d)
