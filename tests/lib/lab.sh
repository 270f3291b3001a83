# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The machines of a test in shell: a namespace for the target, and a wire.
#
#     kt-PID (target)                         the initial namespace (initiator)
#     veth "wire" 10.77.0.1/24, fd77::1/64 -- ktwPID 10.77.0.2/24, fd77::2/64
#
# The kernel's initiator can be configured from the initial namespace alone
# (NETLINK_ISCSI), so it is there, and the target is elsewhere.
#
#   lab_start               namespaces, wire, kernel log marker, cleanup trap
#   adm WORDS...            ktgtadm in the target's namespace
#   compat WORDS...         tgtadm in the target's namespace
#   null_blk NAME MIB BLOCKSIZE    sets $dev
#   brd_device, loop_device MIB    set $dev
#   initiator_start         iscsid
#   initiator_name NAME     InitiatorName of sessions to come
#   login IQN [KEY=VALUE].. discover, set keys, log in; then see lun_disk
#   logout IQN
#   refute COMMAND...       the command must fail
#   lab_undo=FUNCTION       called before all of this is taken away
#   lab_finish              the checks that end each test, and the exit status
#
# With KTGT_ORACLE=tgtd the tests that use nothing but tgtadm run against
# Debian's tgtd: what they want is what users of it are used to.

lab_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=ktap.sh
. "$lab_top/lib/ktap.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/steps.sh
. "$lab_top/lib/steps.sh"

lab_name=$(basename "$0" .sh)
target_ns=kt-$$
target_ip=10.77.0.1
target_ip6=fd77::1
initiator_ip=10.77.0.2
portal=$target_ip:3260
iqn=iqn.2026-11.org.example
nullb=/sys/kernel/config/nullb
oracle=${KTGT_ORACLE:-}
lab_dir=''
lab_undo=''
lab_marker="ktgt-test: begin $lab_name $$"
dev=''

# need COMMAND...: a step that needs programs skips without them
need()
{
	local program

	for program in "$@"; do
		command -v "$program" >/dev/null || {
			echo "$program is not installed"
			exit "$KTAP_SKIP"
		}
	done
}

skip_tools()
{
	ktap_skip_all "it is the tools that are tested, on other kernels"
}

# For tests that ask a kernel that checks itself, by the tools, nothing that
# others do not ask it: not in a short run.
skip_tools_if_short()
{
	[[ ! ${KTGT_SHORT:-} ]] || ((slow == 1)) || skip_tools
}

# For tests that take long on a kernel that checks itself, and show there little that
# others do not.
skip_if_short()
{
	[[ ! ${KTGT_SHORT:-} ]] || ((slow == 1)) ||
		ktap_skip_all "in a short run, on another kernel alone"
}

lab_start()
{
	[[ $EUID == 0 ]] || ktap_skip_all "needs root"
	[[ -d /sys/module/ktgt || ${lab_without_module:-} || $oracle ]] ||
		ktap_skip_all "module ktgt is not loaded"
	trap lab_cleanup EXIT
	trap 'exit 143' TERM
	lab_dir=$(mktemp -d)
	echo "<6>$lab_marker" >/dev/kmsg
	ktap_record
	lab_netns
	[[ $oracle != tgtd ]] || start_tgtd
}

start_tgtd()
{
	local -

	set +x
	ktap_say "nsenter --net=/run/netns/$target_ns tgtd -f &"
	in_target tgtd -f >/dev/null 2>&1 &
	echo $! >"$lab_dir/tgtd.pid"
	wait_until 5 compat -m system -o show
}

lab_netns()
{
	ip netns add "$target_ns"
	ip link add "ktw$$" type veth peer name wire netns "$target_ns"
	ip addr add "$initiator_ip/24" dev "ktw$$"
	ip addr add fd77::2/64 dev "ktw$$" nodad
	ip link set "ktw$$" up
	ip -n "$target_ns" link set lo up
	ip -n "$target_ns" addr add "$target_ip/24" dev wire
	ip -n "$target_ns" addr add "$target_ip6/64" dev wire nodad
	ip -n "$target_ns" link set wire up
}

adm()
{
	ktgtadm -n "$target_ns" "$@"
}

in_target()
{
	nsenter --net="/run/netns/$target_ns" "$@"
}

compat()
{
	if [[ $oracle == tgtd ]]; then
		in_target /usr/sbin/tgtadm "$@"
	else
		in_target tgtadm "$@"
	fi
}

# json FILTER: what a Python expression makes of the JSON (as d) on stdin
json()
{
	local -

	set +x
	python3 -c "import json, sys
d = json.load(sys.stdin)['ktgt']
print($1)"
}

target_ids()
{
	adm -j target show | json '*[t["id"] for t in d["targets"]]'
}

delete_targets()
{
	local id

	for id in $(target_ids); do
		adm target del "$id" force
	done
}

# --- devices -----------------------------------------------------------------

null_blk()
{
	local name=ktgt$$$1 dir=$nullb/ktgt$$$1 attr

	[[ -d $nullb ]] || modprobe null_blk nr_devices=0
	mkdir "$dir"
	put "$dir/size" <<<"$2"
	put "$dir/blocksize" <<<"${3:-512}"
	put "$dir/memory_backed" <<<1
	put "$dir/discard" <<<1
	for attr in "${@:4}"; do
		put "$dir/${attr%=*}" <<<"${attr#*=}"
	done
	put "$dir/power" <<<1
	# Kernels differ in what they call it
	wait_until 5 null_blk_node "$name" "$dir"
	dev=$(null_blk_node "$name" "$dir")
}

null_blk_node()
{
	local node

	for node in "/dev/$1" "/dev/nullb$(<"$2/index")"; do
		if [[ -b $node ]]; then
			echo "$node"
			return
		fi
	done
	return 1
}

drop_null_blk()
{
	local dir

	for dir in "$nullb/ktgt$$"*; do
		[[ -d $dir ]] || continue
		put "$dir/power" <<<0
		rmdir "$dir"
	done
}

# shellcheck disable=SC2034 # for the tests
loop_device()
{
	local file

	file=$(mktemp -p "$lab_dir")
	truncate -s "$1M" "$file"
	[[ -e /dev/loop-control ]] || modprobe loop
	dev=$(losetup -f --show "$file")
	echo "$dev" >>"$lab_dir/loops"
}

# shellcheck disable=SC2034 # for the tests
brd_device()
{
	modprobe brd rd_nr=1 rd_size="$(($1 * 1024))"
	dev=/dev/ram0
}

drop_loops()
{
	local loop

	[[ -e $lab_dir/loops ]] || return 0
	while read -r loop; do
		losetup -d "$loop" 2>/dev/null || true
	done <"$lab_dir/loops"
	rm -f "$lab_dir/loops"
}

# --- the kernel's initiator -----------------------------------------------------

iscsi_conf=/etc/iscsi/iscsid.conf

# Short times: a test has no 120 s for a path to come back.
initiator_start()
{
	modprobe iscsi_tcp
	modprobe sd_mod 2>/dev/null || true
	initiator_name "$iqn:initiator"
	put "$iscsi_conf" <<-'EOT'
		node.startup = manual
		node.leading_login = No
		node.session.timeo.replacement_timeout = 3
		node.conn[0].timeo.login_timeout = 10
		node.conn[0].timeo.logout_timeout = 5
		node.conn[0].timeo.noop_out_interval = 2
		node.conn[0].timeo.noop_out_timeout = 3
		node.session.err_timeo.abort_timeout = 5
		node.session.err_timeo.lu_reset_timeout = 5
		node.session.initial_login_retry_max = 2
		node.session.cmds_max = 128
		node.session.queue_depth = 32
		node.session.iscsi.InitialR2T = No
		node.session.iscsi.ImmediateData = Yes
		node.session.iscsi.FirstBurstLength = 262144
		node.session.iscsi.MaxBurstLength = 16776192
		node.conn[0].iscsi.MaxRecvDataSegmentLength = 262144
		discovery.sendtargets.iscsi.MaxRecvDataSegmentLength = 32768
		node.session.scan = auto
	EOT
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets /var/lib/iscsi/nodes \
		/var/lib/iscsi/send_targets
	start_iscsid
}

# It ends its whole process group when it is told to end
start_iscsid()
{
	local -

	set +x
	ktap_say 'setsid iscsid -f &'
	setsid iscsid -f >"$lab_dir/iscsid.log" 2>&1 &
	echo $! >"$lab_dir/iscsid.pid"
	wait_until 10 iscsiadm -m iface
}

initiator_name()
{
	put /etc/iscsi/initiatorname.iscsi <<<"InitiatorName=$1"
}

initiator_stop()
{
	[[ -e $lab_dir/iscsid.pid ]] || return 0
	timeout 30 iscsiadm -m node -u >/dev/null 2>&1 || true
	kill "$(<"$lab_dir/iscsid.pid")" 2>/dev/null || true
	rm -f "$lab_dir/iscsid.pid"
	rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
}

discover()
{
	timeout 30 iscsiadm -m discovery -t st -p "$portal"
}

# login IQN [KEY=VALUE]...
login()
{
	local name=$1 pair

	shift
	discover >/dev/null
	for pair in "$@"; do
		iscsiadm -m node -T "$name" -p "$portal" -o update \
			-n "node.${pair%%=*}" -v "${pair#*=}"
	done
	timeout 30 iscsiadm -m node -T "$name" -p "$portal" -l
	udevadm settle --timeout=10 2>/dev/null || true
}

logout()
{
	timeout 30 iscsiadm -m node -T "$1" -p "$portal" -u
}

# --- the end ------------------------------------------------------------------------

log_since_start()
{
	dmesg | awk -v marker="$lab_marker" '
		index($0, marker) { text = ""; next }
		{ text = text $0 "\n" }
		END { printf "%s", text }'
}

check_log()
{
	log_since_start | "$lab_top/vm/logcheck.sh" -
}

module_unused()
{
	[[ ! -d /sys/module/ktgt || $(</sys/module/ktgt/refcnt) == 0 ]]
}

link_is_gone()
{
	[[ ! -e /sys/class/net/ktw$$ ]]
}

clean_up_everything()
{
	$lab_undo
	initiator_stop
	[[ ! -e $lab_dir/tgtd.pid ]] || kill -KILL "$(<"$lab_dir/tgtd.pid")"
	[[ ! -e /run/netns/$target_ns || ! -d /sys/module/ktgt ]] ||
		delete_targets
	drop_loops
	drop_null_blk
	[[ ! -e /run/netns/$target_ns ]] || ip netns del "$target_ns"
	# The other end goes with its namespace, some time later
	ip link del "ktw$$" 2>/dev/null || true
	wait_until 5 link_is_gone
}

# Also when the test ends early
lab_cleanup()
{
	local status=$?

	trap - EXIT
	ktap_recorded
	clean_up_everything >/dev/null 2>&1 || true
	[[ -z $lab_dir ]] || rm -rf "$lab_dir"
	exit "$status"
}

lab_finish()
{
	ktap_test "clean up" clean_up_everything
	ktap_test "module unused" wait_until 5 module_unused
	ktap_test "kernel log" check_log
	ktap_finish
}
