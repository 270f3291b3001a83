# SPDX-License-Identifier: GPL-2.0
#
# make help says what there is.

# Headers of the running kernel, else the newest that are installed.
RUNNING	:= /lib/modules/$(shell uname -r)/build
NEWEST	= $(lastword $(shell ls -d /lib/modules/*/build 2>/dev/null | sort -V))
KDIR	?= $(if $(wildcard $(RUNNING)),$(RUNNING),$(NEWEST))
DESTDIR	?=
PREFIX	?= /usr/local
KERNEL	?=

MODULE_MAKE = $(MAKE) -C $(KDIR) M=$(CURDIR)
VM_KERNEL = $(or $(KERNEL),6.1)
ALL_KERNELS = 6.1 6.12 7.2 debug

.PHONY: all help deps modules tools install check check-all coverage lint \
	unit fuzz conformance bench bench-scale bench-smp profile demo vm regen clean

all: modules tools

help:
	@echo 'make               module for KDIR=$(KDIR), and tools'
	@echo 'make modules KERNEL=6.1|6.12|7.2|debug'
	@echo '                   module for a kernel of the lab: build/KERNEL/ktgt.ko'
	@echo 'make install       module, tools, uapi header (DESTDIR, PREFIX)'
	@echo 'make deps          install the packages that all of this needs'
	@echo 'make demo          everything once, from nothing to verified data'
	@echo 'make check         lint, unit tests, and all tests in a VM'
	@echo '   T=NAME          only this test; KERNEL=... in another kernel'
	@echo 'make check-all     make check in all kernels of the lab'
	@echo 'make coverage      how much of the module the tests run'
	@echo 'make fuzz          fuzz parsers, connections, and a target that runs'
	@echo '                   (FUZZ_SECONDS=120 for each)'
	@echo 'make conformance   iscsi-test-cu of libiscsi (KERNEL=...)'
	@echo 'make bench         IOPS beside LIO, tgt and nvmet, in the counting VM'
	@echo '   B=quick         the most telling jobs; P="lio ktgt": only those'
	@echo '   B=guard         the part of make check: no more instructions than'
	@echo '                   the baseline; B=baseline: write that anew'
	@echo 'make bench-scale   memory and I/O of many sessions and logical units'
	@echo 'make bench-smp     ktgt and LIO by the clock, on two CPUs (ROUNDS=5)'
	@echo 'make profile       where the instructions of a job go: tables and a'
	@echo '   W=JOB           flame graph (gen-4k-read-qd32); P=lio: of LIO'
	@echo 'make vm            a shell in a VM with all of it'
	@echo 'make regen         generated netlink files, from their specification'

deps:
	@tests/vm/deps.sh

# A kernel of the lab is built for in its own image, all others by kbuild.
ifneq ($(KERNEL),)
modules:
	@tests/vm/deps.sh --check lab
	@tests/vm/build.sh $(KERNEL)
else
modules:
	@tests/vm/deps.sh --check build
	@test -n '$(KDIR)' || { echo 'no kernel headers: make deps' >&2; exit 1; }
	$(MODULE_MAKE) modules
endif

tools:
	@$(MAKE) --no-print-directory -C userspace

install: modules tools
	$(MODULE_MAKE) modules_install INSTALL_MOD_DIR=updates \
		INSTALL_MOD_PATH=$(DESTDIR)
	depmod $(if $(DESTDIR),-b $(DESTDIR)) \
		$$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
			$(KDIR)/include/generated/utsrelease.h)
	install -D -m 644 include/uapi/linux/ktgt.h \
		$(DESTDIR)$(PREFIX)/include/linux/ktgt.h
	@$(MAKE) --no-print-directory -C userspace install

check:
	@tests/check.sh $(VM_KERNEL:%=-k %) $(T)

check-all:
	@tests/check.sh $(ALL_KERNELS:%=-k %) $(T)

coverage:
	@tests/coverage/run.sh $(T)

lint:
	@tests/lint/run.sh

unit:
	@$(MAKE) --no-print-directory -C userspace check

fuzz:
	@tests/vm/deps.sh --check fuzz
	@$(MAKE) --no-print-directory -C tests/fuzz fuzz
	@tests/fuzz/vm/run.sh $(or $(FUZZ_SECONDS),120)

conformance:
	@for k in $(VM_KERNEL); do tests/conformance/run.sh -k $$k || exit; done

bench:
	@tests/bench/run.sh $(or $(B),all) $(P)

bench-scale:
	@tests/bench/run.sh scale

bench-smp:
	@tests/bench/run.sh smp $(ROUNDS)

profile:
	@tests/bench/profile.sh $(or $(W),gen-4k-read-qd32) $(P)

demo:
	@tests/demo/demo.sh

vm:
	@tests/vm/deps.sh lab build tools
	@tests/vm/build.sh $(VM_KERNEL)
	@$(MAKE) --no-print-directory -C userspace
	@tests/vm/run.sh -k $(VM_KERNEL) -i

regen:
	@Documentation/netlink/regen.sh

clean:
	rm -rf build
	$(if $(KDIR),$(MODULE_MAKE) clean)
