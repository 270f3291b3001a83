#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boots a VM with the built module and tools in it, and runs a command.
#
#   run.sh [OPTION]... -- COMMAND...
#
#   -k KERNEL   6.1 (default), 6.12, 7.2, debug or coverage
#   -m MIB      memory (2048)      -s N  CPUs (2)
#   -t SECONDS  at most this long (900); -i: no limit
#   -o DIR      keep stdout.txt, dmesg.txt, console.txt, and what the command
#               writes into /ktgt/out (as DIR/out)
#   -d SIZE     a further empty disk, as 512M or 4G; may be given again:
#               /dev/disk/by-id/virtio-disk0, virtio-disk1, ...
#   -n SIZE     an empty NVMe disk, with the serial number ktgt-nvme; the VM does not
#               load its driver
#   -D FILE     a further disk that stays when the VM has ended; it is told to write
#               its cache, and does. The first is virtio-disk0, as with -d
#   -w SOCKET,MAC  a network card with this address, whose cable is the Unix
#               socket of a switch (tests/lib/wire.py)
#   -r DIR      in place of a command, an agent that does what it is told by the
#               socket DIR/agent (tests/lib/machines.py); DIR/pid is QEMU's
#   -p DIR      copy the contents of DIR into /ktgt, too; may be given again
#   -a 'WORDS'  add words to the kernel command line
#   -c          counting VM: one CPU, and a clock that counts instructions
#   -S          systemd is process 1, and starts the command when the system is
#               up. If the command reboots the VM (systemctl reboot), it is started
#               again, and finds everything that was written. Only the image of
#               6.1 has systemd
#   -i          a shell on this terminal; leave it with exit
#
# In the VM: /ktgt has ktgt.ko, bin/ (in PATH), tests/, Documentation/, tools/, and
# is the working directory. There is no network device without -w. Everything that is
# written is lost, but on disks of -D.
#
# Exit status: that of the command; 124 if it took too long; 99 if the kernel died.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

kernel=6.1 memory=2048 cpus=2 limit='' out='' append='' counting='' interactive=''
systemd='' nvme='' wire='' remote=''
disks=() files=() payloads=() command=()
work='' qemu_pid='' watch_pid='' boot_limit=300

usage()
{
	sed -n '/^#   run/,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

parse_options()
{
	local option

	while getopts k:m:s:t:o:d:D:n:w:r:p:a:cSih option; do
		case $option in
		k) kernel=$OPTARG ;;
		m) memory=$OPTARG ;;
		s) cpus=$OPTARG ;;
		t) limit=$OPTARG ;;
		o) out=$OPTARG ;;
		d) disks+=("$OPTARG") ;;
		D) files+=("$OPTARG") ;;
		n) nvme=$OPTARG ;;
		w) wire=$OPTARG ;;
		r) remote=$OPTARG ;;
		p) payloads+=("$OPTARG") ;;
		a) append=$OPTARG ;;
		c) counting=1 ;;
		S) systemd=1 ;;
		i) interactive=1 ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	command=("$@")
	[[ -z $remote ]] || command=(tests/vm/agent.py)
	[[ $interactive || ${#command[@]} -gt 0 ]] || usage
	: "${limit:=$([[ $interactive ]] && echo 0 || echo 900)}"
}

# shellcheck disable=SC2317 # called by trap
cleanup()
{
	if [[ $qemu_pid ]] && kill -0 "$qemu_pid" 2>/dev/null; then
		kill "$qemu_pid" 2>/dev/null || true
		wait "$qemu_pid" 2>/dev/null || true
	fi
	[[ -z $watch_pid ]] || kill "$watch_pid" 2>/dev/null || true
	[[ -z $work ]] || rm -rf "$work"
}

# Sets work, a folder for this run; removes those of runs that were killed.
make_work()
{
	local old lock

	for old in "${TMPDIR:-/tmp}"/ktgt-vm.??????; do
		[[ -O $old ]] || continue
		exec {lock}<"$old"
		flock -n "$lock" && rm -rf "$old"
		exec {lock}<&-
	done
	work=$(mktemp -d "${TMPDIR:-/tmp}/ktgt-vm.XXXXXX")
	exec {work_lock}<"$work"
	flock "$work_lock"
}

# Sets image (root file system), boot (kernel, initrd) and vmlinux.
find_image()
{
	image=$("$vm_dir/image.sh" "$(userland_of_kernel "$kernel")")
	boot=$(boot_of_kernel "$kernel")
	vmlinux=$boot/vmlinux
	[[ -e $vmlinux ]] || vmlinux=$boot/vmlinuz
	# So that nobody removes them below us (remove_others).
	exec {image_lock}<"$image" {boot_lock}<"$boot"
	flock -s "$image_lock"
	flock -s "$boot_lock"
}

# The programs, wherever they were built; not their unit tests.
copy_tools()
{
	local bin=$1 dir

	mkdir -p "$bin"
	for dir in "$top_dir/userspace" "$top_dir/build/userspace"; do
		[[ -d $dir ]] || continue
		find "$dir" -maxdepth 1 -perm -u+x ! -name 'test_*' \
			! -name 'fuzz_*' \( -type f -o -type l \) \
			-exec cp -a -t "$bin" {} +
	done
	if [[ -e $bin/ktgtadm && ! -e $bin/tgtadm ]]; then
		ln -s ktgtadm "$bin/tgtadm"
	fi
}

# The client of YNL, where it is in the kernel's sources too. It is left out if nobody
# has fetched it: what needs it skips.
copy_ynl()
{
	local to=$1/tools/net/ynl from

	from=$("$vm_dir/kernel-scripts.sh" --path)/tools/net/ynl/pyynl
	[[ -d $from ]] || return 0
	mkdir -p "$to"
	rsync -a --exclude __pycache__ "$from" "$to/"
}

# What init (in the VM) reads: the command, quoted, and how to run it.
write_orders()
{
	local dir=$1 rows=24 columns=80

	mkdir -p "$dir"
	if [[ $interactive ]] && [[ -t 0 ]]; then
		read -r rows columns < <(stty size)
	fi
	{
		printf 'vm_interactive=%q vm_term=%q\n' "$interactive" \
			"${TERM:-dumb}"
		printf 'vm_rows=%q vm_columns=%q\n' "$rows" "$columns"
		printf 'vm_systemd=%q\n' "$systemd"
	} >"$dir/config"
	# exec, or a signal that ends the command would be told twice.
	[[ ${#command[@]} == 0 ]] ||
		printf 'exec%s\n' "$(printf ' %q' "${command[@]}")" >"$dir/command"
}

make_payload()
{
	local stage=$work/payload dir kib module

	mkdir -p "$stage/out"
	copy_tools "$stage/bin"
	rsync -a --exclude __pycache__ "$top_dir/tests" "$stage/"
	for dir in "$top_dir"/Documentation/{examples,netlink}; do
		[[ ! -d $dir ]] || {
			mkdir -p "$stage/Documentation"
			rsync -a "$dir" "$stage/Documentation/"
		}
	done
	copy_ynl "$stage"
	for module in ktgt.ko ktgt_test.ko; do
		[[ ! -e $top_dir/build/$kernel/$module ]] ||
			cp "$top_dir/build/$kernel/$module" "$stage/"
	done
	[[ ! -d $boot/modules/lib ]] || rsync -a "$boot/modules/lib" "$stage/"
	for dir in ${payloads[@]+"${payloads[@]}"}; do
		rsync -a "$dir/" "$stage/"
	done
	write_orders "$stage/.vm"
	kib=$(du -s --apparent-size -k "$stage" | cut -f1)
	mke2fs -q -t ext4 -O ^has_journal,^resize_inode -m 0 -L ktgt \
		-E nodiscard,root_owner=0:0 -d "$stage" "$work/payload.ext4" \
		"$((kib * 5 / 4 + 256 * 1024))k" >/dev/null
}

# True if KVM runs this kernel. A /dev/kvm inside a VM may exist and not be
# able to: only trying tells. The verdict is kept until the host's kernel changes.
kvm_works()
{
	local verdict

	[[ -w /dev/kvm ]] || return 1
	verdict=$cache_dir/kvm-$(uname -r)
	if [[ ! -e $verdict ]]; then
		if probe_kvm; then echo yes; else echo no; fi >"$work/verdict"
		say "KVM here runs a stock kernel: $(<"$work/verdict")"
		mv "$work/verdict" "$verdict"
	fi
	[[ $(<"$verdict") == yes ]]
}

probe_kvm()
{
	: >"$work/probe"
	# In a shell of its own, which keeps QEMU's abort to itself.
	(timeout -k 1 20 qemu-system-x86_64 -accel kvm -cpu host -smp 2 -m 512 \
		-nodefaults -no-user-config -display none -nic none -no-reboot \
		-serial null -serial "file:$work/probe" \
		-kernel "$image/vmlinuz" -initrd "$image/initrd" \
		-append "panic=-1 quiet ktgt.probe") >/dev/null 2>&1 || return 1
	grep -q alive "$work/probe"
}

# Words for QEMU into the array machine.
# shellcheck disable=SC2054 # the commas are QEMU's
choose_machine()
{
	local cpu=max,-erms,-fsrm

	if [[ $counting ]]; then
		# Virtual time runs by instructions alone: figures repeat.
		cpus=1
		machine=(-accel tcg,thread=single
			-icount shift=1,sleep=off -cpu "$cpu")
	elif kvm_works; then
		machine=(-accel kvm -cpu host)
	else
		# String instructions are slow when emulated, hence no erms;
		# five-level page tables cost a level at each miss.
		machine=(-accel tcg,thread=multi -cpu "$cpu,-la57")
	fi
	# Not the older default machine: to set up its interrupts by ACPI costs
	# the debug kernel a minute and a half.
	machine+=(-M q35 -smp "$cpus" -m "$memory")
}

# disk FILE SERIAL SNAPSHOT [CACHE]: words for QEMU, one on each line
disk()
{
	echo -drive
	echo "if=none,id=$2,format=raw,cache=${4:-unsafe},discard=unmap,snapshot=$3,file=$1"
	echo -device
	echo "virtio-blk-pci,drive=$2,serial=$2"
}

# nvme_disk FILE
nvme_disk()
{
	echo -drive
	echo "if=none,id=nvme,format=raw,cache=unsafe,discard=unmap,file=$1"
	echo -device
	echo "nvme,drive=nvme,serial=ktgt-nvme"
}

# port NAME FILE
port()
{
	echo -chardev
	echo "file,id=$1,path=$2"
	echo -device
	echo "virtserialport,chardev=$1,name=ktgt.$1"
}

# A network card.
card()
{
	echo -netdev
	echo "stream,id=wire,server=off,addr.type=unix,addr.path=${wire%,*}"
	echo -device
	echo "virtio-net-pci,netdev=wire,mac=${wire##*,},romfile="
}

# The port of the agent.
agent()
{
	printf '%s\n' -pidfile "$remote/pid" \
		-chardev "socket,id=agent,path=$remote/agent,server=on,wait=off" \
		-device virtserialport,chardev=agent,name=ktgt.agent
}

qemu_words()
{
	local n=0 size file
	local cmdline="console=ttyS0 quiet oops=panic nokaslr no_timer_check"

	# What may reboot has no other end after a panic than the time limit.
	[[ $systemd ]] || cmdline+=" panic=-1"

	# Fewer instructions for each system call; not where they are counted.
	[[ $counting ]] || cmdline+=" mitigations=off"
	! own_kernel "$kernel" || cmdline+=" panic_on_warn=1 kunit.enable=1"
	printf '%s\n' "${machine[@]}" -nodefaults -no-user-config \
		-display none -nic none \
		-serial "file:$out/console.txt" \
		-kernel "$vmlinux" -initrd "$boot/initrd" \
		-append "$cmdline $append" -device virtio-serial-pci
	[[ $systemd ]] || echo -no-reboot
	port out "$out/stdout.txt"
	port log "$out/dmesg.txt"
	port status "$work/status"
	if [[ $interactive ]]; then
		printf '%s\n' -chardev stdio,id=tty,signal=off \
			-device virtconsole,chardev=tty
	fi
	disk "$image/root.ext4" root on
	disk "$work/payload.ext4" payload off
	for size in ${disks[@]+"${disks[@]}"}; do
		truncate -s "$size" "$work/disk$n"
		disk "$work/disk$n" "disk$n" off
		n=$((n + 1))
	done
	for file in ${files[@]+"${files[@]}"}; do
		disk "$file" "disk$n" off writeback
		n=$((n + 1))
	done
	[[ -z $wire ]] || card
	[[ -z $remote ]] || agent
	if [[ $nvme ]]; then
		truncate -s "$nvme" "$work/nvme"
		nvme_disk "$work/nvme"
	fi
}

command_started()
{
	grep -q 'ktgt-vm: command starts' "$out/console.txt"
}

# Ends a machine that does not come to its command: run_qemu without a result.
watch_boot()
{
	local i

	for ((i = 0; i < boot_limit; i++)); do
		sleep 1
		! command_started && kill -0 "$1" || return 0
	done
	kill "$1"
}

# The kill at the death of the parent covers even a kill -9 of this script.
run_qemu()
{
	local -a words
	local status=0

	mapfile -t words < <(qemu_words)
	: >"$out/stdout.txt"
	: >"$out/console.txt"
	: >"$work/status"
	if [[ $interactive ]]; then
		setpriv --pdeathsig KILL \
			qemu-system-x86_64 "${words[@]}" || status=$?
		return "$status"
	fi
	setpriv --pdeathsig KILL timeout -k 5 "$limit" \
		setpriv --pdeathsig KILL \
		qemu-system-x86_64 "${words[@]}" </dev/null >&2 &
	qemu_pid=$!
	watch_boot "$qemu_pid" &>/dev/null &
	watch_pid=$!
	tail -q -c +1 -s 0.05 -f --pid="$qemu_pid" "$out/stdout.txt" &
	tail_pid=$!
	wait "$qemu_pid" || status=$?
	kill "$watch_pid" 2>/dev/null || true
	wait "$watch_pid" "$tail_pid" || true
	return "$status"
}

save_out()
{
	rm -rf "${out:?}/out"
	# debugfs says its version on stderr.
	debugfs -R "rdump /out $out" "$work/payload.ext4" 2>/dev/null
	rmdir "$out/out" 2>/dev/null || true
}

tell_death()
{
	say "the VM ended without a result; the first fault in its console:"
	tr -d '\r' <"$out/console.txt" |
		awk '/BUG:|Oops|general protection|WARNING:|Kernel panic|unable to handle/ \
			{ p = 1 } p' | head -n 80 | sed 's/^/    /' >&2
}

# Under software emulation, a kernel sometimes dies or hangs while it boots and patches
# its own code. This happens long before the module is loaded, so it is no failure.
boot()
{
	local status=0 try

	for try in 1 2 3; do
		status=0
		run_qemu || status=$?
		[[ ! -s $work/status && $status != 124 && ! $interactive ]] ||
			break
		! command_started || break
		[[ $try == 3 ]] || say "the VM did not boot; trying again"
	done
	return "$status"
}

main()
{
	local status=0 keep=1

	parse_options "$@"
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
	"$vm_dir/deps.sh" --check lab
	find_image
	make_work
	if [[ -z $out ]]; then
		out=$work/result
		keep=''
	fi
	mkdir -p "$out"
	out=$(cd "$out" && pwd)
	make_payload
	choose_machine
	boot || status=$?

	[[ ! $keep ]] || save_out
	if [[ -s $work/status ]]; then
		return "$(<"$work/status")"
	fi
	if [[ $status == 124 || $status == 137 ]]; then
		say "stopped, because it took longer than $limit s"
		status=124
	else
		tell_death
		status=99
	fi
	if [[ ! $keep ]]; then
		out=$(mktemp -d "${TMPDIR:-/tmp}/ktgt-vm-failed.XXXXXX")
		cp "$work"/result/* "$out/"
	fi
	say "logs are in $out"
	return "$status"
}

main "$@"; exit
