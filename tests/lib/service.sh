# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # lab.sh and the test have them
#
# ktgt.service without systemd, in the target's namespace: what stands in the
# unit is run as it stands there. Sourced after lab.sh.
#
#   service_install         programs and module where the unit looks for them,
#                           and empty folders /etc/ktgt and /etc/tgt
#   service start|stop|reload|restart
#   service_remove          takes that back; stops the service

service_sbin=''
service_module=''

service_unit()
{
	echo "$(dirname "$(readlink -f "$(type -P ktgtadm)")")/ktgt.service"
}

service_install()
{
	local program

	[[ -e $(service_unit) ]] || ktap_skip_all "ktgt.service is not built"
	service_sbin=$(sed -n 's|^ExecReload=\(.*\)/tgt-admin .*|\1|p;T;q' \
		"$(service_unit)")
	mkdir -p "$service_sbin" /etc/ktgt /etc/tgt
	for program in ktgtadm tgtadm tgt-admin; do
		[[ -e $service_sbin/$program ]] || {
			ln -s "$(type -P "$program")" "$service_sbin/"
			echo "$service_sbin/$program" >>"$lab_dir/links"
		}
	done
	mount -t tmpfs none /etc/ktgt
	mount -t tmpfs none /etc/tgt
	[[ -z ${KTGT_KO:-} ]] || {
		service_module=/lib/modules/$(uname -r)/updates/ktgt-test
		mkdir -p "$service_module"
		cp "$KTGT_KO" "$service_module/ktgt.ko"
		depmod -a
	}
}

service()
{
	in_target python3 "$lab_top/lib/unit.py" "$(service_unit)" "$1"
}

service_remove()
{
	service stop
	umount /etc/ktgt /etc/tgt
	[[ ! -e $lab_dir/links ]] || xargs rm -f <"$lab_dir/links"
	if [[ $service_module ]]; then
		rm -rf "$service_module"
		depmod -a
	fi
}

# service_conf [LINE]...: /etc/ktgt/targets.conf with LINEs in its one block
service_conf()
{
	printf '%s\n' "<target $name>" "	initiator-address 10.77.0.0/24" \
		"${@/#/	}" '</target>' | put /etc/ktgt/targets.conf
}
