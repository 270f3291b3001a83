# SPDX-License-Identifier: GPL-2.0
#
# "make help" lists the targets of this file.

# Headers of the running kernel, or else the newest that are installed.
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
	unit fuzz conformance trust bench bench-scale bench-smp profile demo vm \
	regen clean

all: modules tools

help:
	@echo 'make               build the module for KDIR=$(KDIR), and the tools'
	@echo 'make modules KERNEL=6.1|6.12|7.2|debug'
	@echo '                   build the module for a kernel of the tests, as'
	@echo '                   build/KERNEL/ktgt.ko'
	@echo 'make install       install module, tools, header (DESTDIR=, PREFIX=)'
	@echo 'make deps          install the packages that build and tests need'
	@echo 'make demo          build, start a VM, and copy data with real initiators'
	@echo 'make check         run lint, unit tests, and all tests in a VM'
	@echo '   T=NAME          run only this test; KERNEL=...: on another kernel'
	@echo 'make check-all     run make check on all kernels'
	@echo 'make lint, make unit'
	@echo '                   run only lint, or only the unit tests'
	@echo 'make coverage      measure how much of the module the tests run'
	@echo 'make fuzz          fuzz parsers, connections, and a running target'
	@echo '                   (FUZZ_SECONDS=120 for each)'
	@echo 'make conformance   run iscsi-test-cu of libiscsi (KERNEL=...)'
	@echo 'make trust         measure what peers can take from the target and from each'
	@echo '                   other (KERNEL=...)'
	@echo 'make bench         compare IOPS with LIO, tgt and nvmet, in a VM that'
	@echo '                   counts instructions'
	@echo '   B=quick         only the most important jobs; P="lio ktgt": only'
	@echo '                   these targets'
	@echo '   B=guard         only compare with the baseline, as make check does'
	@echo '   B=baseline      write the baseline again'
	@echo '   B=devices       compare dm-crypt, dm-thin, md and a device with few'
	@echo '                   tags with their baseline'
	@echo '   B=neighbours    a quiet session beside 15 busy ones'
	@echo '   B=costs         with reservations, and at a tracked logical unit'
	@echo 'make bench-scale   measure many sessions and many logical units'
	@echo 'make bench-smp     compare ktgt and LIO by the clock, on two CPUs'
	@echo '                   (ROUNDS=5)'
	@echo 'make profile       show in which functions a job spends its'
	@echo '   W=JOB           instructions (W=gen-4k-read-qd32); P=lio: of LIO'
	@echo 'make vm            start a shell in a VM with the module and the tools'
	@echo 'make regen         generate the netlink files from the specification'

deps:
	@tests/vm/deps.sh

# For a kernel of the tests, the module is built in the image of that kernel; for all
# other kernels, by kbuild.
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

trust:
	@tests/trust/run.sh $(VM_KERNEL:%=-k %)

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
