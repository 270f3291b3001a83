#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Looks for faults in a kernel log.
#
#   logcheck.sh FILE|-     or: dmesg | logcheck.sh -
#
# Prints each line that tells of one, with the lines around it; exit 1 if
# there is any. A test that makes such a line on purpose says so with
# LOGCHECK_IGNORE, an extended regular expression.

set -euo pipefail

# One a line, extended regular expressions. The first half is what blktests
# looks for, the rest are the checkers that only a debug kernel has.
patterns='kernel BUG at
WARNING:
BUG:
Oops
Kernel panic
possible recursive locking detected
Internal error
INFO: suspicious RCU usage
suspicious RCU usage
INFO: possible circular locking dependency detected
inconsistent lock state
bad unlock balance
held lock freed
lock held when returning to user space
INFO: trying to register non-static key
MAX_LOCK(DEP|_DEPTH|DEP_)[A-Z_]* too low
general protection fault
unable to handle
KASAN:
KCSAN:
KMSAN:
KFENCE:
UBSAN:
kmemleak: [1-9][0-9]* new suspected
unreferenced object
INFO: task .* blocked for more than
rcu.*(detected stalls|self-detected stall|stall)
soft lockup
hard LOCKUP
workqueue lockup
refcount_t:
ODEBUG:
list_(add|del) corruption
leaked reference
percpu ref .* <= 0
still has [0-9]* objects
Slab .* objects remaining
kobject.*(failed|not initialized|tried to)
sleeping function called
scheduling while atomic
unregister_netdevice: waiting for
Objects remaining in
Bad page state
page allocation failure
double free
DEBUG_LOCKS_WARN_ON
stack-protector:
Call Trace:'

# Words of the kernel in which a pattern means no fault. No memory for a kobject
# there is when a test made it so.
harmless='INFO: NMI handler .* took too long
kobject: kobject_add_internal failed for .*error: -12
ktgt-vm: command starts'

# A warning, from its first line to its last, that others have to mend: when the
# initiator takes a session down, its queue waits for one that 7.2 does not like
# it to wait for.
foreign='check_flush_dependency.*Workqueue: iscsi_ctrl[^ ]* __iscsi_unbind_session'

without_foreign()
{
	awk -v foreign="$foreign" '
		/-\[ cut here \]-/ { printf "%s", block
			inside = 1; block = words = "" }
		!inside { print; next }
		{ block = block $0 "\n"; words = words " " $0 }
		/-\[ end trace / {
			if (words !~ foreign)
				printf "%s", block
			inside = 0; block = "" }
		END { printf "%s", block }'
}

# The kernel dumps its stack when there is no memory for a slab cache, or for the
# copy of its name (-EINVAL). That is no fault when a test made it so.
without_slab_caches()
{
	awk '
		/kmem_cache_create[a-z_]*\(.*\) failed with error -(12|22)/ { left = 60 }
		left == 0 { print; next }
		{ left = $0 ~ "</TASK>" ? 0 : left - 1 }'
}

main()
{
	local file=${1:?FILE or -} numbers ignore=$harmless

	[[ -z ${LOGCHECK_IGNORE:-} ]] || ignore+=$'\n'$LOGCHECK_IGNORE
	if [[ $file == - ]]; then
		file=/dev/stdin
	fi
	log=$(without_slab_caches <"$file" | without_foreign)
	numbers=$(grep -n -E -e "$patterns" <<<"$log" |
		grep -v -E -e "$ignore" | cut -d: -f1 || true)
	[[ -n $numbers ]] || return 0
	echo "faults in the kernel log:"
	# Two lines before and thirty after a fault; what overlaps once.
	awk -v numbers="$(tr '\n' ' ' <<<"$numbers")" '
		BEGIN { n = split(numbers, at, " ") }
		{
			for (i = 1; i <= n; i++)
				if (NR >= at[i] - 2 && NR <= at[i] + 30) {
					print "    " $0
					break
				}
		}' <<<"$log"
	return 1
}

main "$@"; exit
