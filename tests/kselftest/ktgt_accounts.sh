#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Timeout: 240
#
# CHAP with accounts of tgtadm, and with the lines for it in iscsid.conf.
#
#   A 192.168.100.151, target 1: /dev/sdb1   --   B and C: open-iscsi
#
# Shown: one way and mutual, wrong (with the errors 24 and 19 of iscsiadm) and then
# right, without a restart of the target; a second outgoing account is refused,
# several incoming ones work at once; what is unbound and deleted holds from the
# next login on.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/servers.sh
. "$lab_top/lib/servers.sh"

begin()
{
	tgtadm -L iscsi -m target -o new -t 1 -T "$disk1_name"
	tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/sdb1
	tgtadm -L iscsi -m target -o bind -t 1 -I 192.168.100.0/24
}

# accounts LINE...: what stands below Account information
accounts()
{
	tgt-admin -s | sed -n '/Account/,$p' | tee "$lab_dir/accounts"
	diff "$lab_dir/accounts" - <<-EOT
		    Account information:
		$(printf '        %s\n' "$@")
		    ACL information:
		        192.168.100.0/24
	EOT
}

account_mode()
{
	tgtadm -L iscsi -m account -o new --u name1 --p pass1
	tgtadm -L iscsi -m account -o show | tee "$lab_dir/show"
	diff - "$lab_dir/show" <<<$'Account list:\n    name1'
	tgtadm -L iscsi -m account -o bind -t 1 -u name1 --outgoing
	accounts 'name1 (outgoing)'
	tgtadm -L iscsi -m account -o unbind -t 1 -u name1 --outgoing
	tgtadm -L iscsi -m account -o delete --u name1
	[[ -z $(tgtadm -L iscsi -m account -o show) ]]
}

one_way_wrong()
{
	tgtadm -L iscsi -m account -o new --user incoming_malong \
		--password incoming_123456
	tgtadm -L iscsi -m account -o bind -t 1 --user incoming_malong
	accounts incoming_malong
	chap_conf authmethod=CHAP username=incoming_malong
	disk1_discover
	told 24 disk1_node -l
	grep -F 'initiator reported error (24 - iSCSI login failed due to authorization failure)' \
		"$lab_dir/told"
}

one_way_right()
{
	chap_conf authmethod=CHAP username=incoming_malong \
		password=incoming_123456
	disk1_discover | grep "$disk1_name"
	told 0 disk1_node -l
	grep -F 'successful.' "$lab_dir/told"
}

mutual_wrong()
{
	tgtadm -L iscsi -m account -o new --user outgoing_malong \
		--password outgoing_123456
	tgtadm -L iscsi -m account -o bind -t 1 --user outgoing_malong \
		--outgoing
	accounts incoming_malong 'outgoing_malong (outgoing)'
	chap_conf authmethod=CHAP username=incoming_malong \
		password=incoming_123456 username_in=outgoing_malong \
		password_in=outgoing_wrong12
	disk1_node -u
	disk1_discover
	told 19 disk1_node -l
	grep -F 'initiator reported error (19 - encountered non-retryable iSCSI login failure)' \
		"$lab_dir/told"
}

mutual_right()
{
	chap_conf authmethod=CHAP username=incoming_malong \
		password=incoming_123456 username_in=outgoing_malong \
		password_in=outgoing_123456
	disk1_discover
	told 0 disk1_node -l
}

second_outgoing()
{
	tgtadm -L iscsi -m account -o new --user outgoing_user1 \
		--password outgoing_passwd1
	told 22 tgtadm -L iscsi -m account -o bind -t 1 \
		--user outgoing_user1 --outgoing
	grep -qx 'tgtadm: this target already has an outgoing account' \
		"$lab_dir/told"
}

# log_in_as USER PASSWORD: server C
log_in_as()
{
	chap_conf authmethod=CHAP username="$1" password="$2" \
		username_in=outgoing_malong password_in=outgoing_123456
	iscsiadm -m node -U all || true
	disk1_discover
	told "${3:-0}" disk1_node -l
}

several_incoming()
{
	tgtadm -L iscsi -m account -o new --user incoming_user1 \
		--password incoming_passwd1
	tgtadm -L iscsi -m account -o new --user incoming_user2 \
		--password incoming_passwd2
	tgtadm -L iscsi -m account -o bind -t 1 --user incoming_user1
	tgtadm -L iscsi -m account -o bind -t 1 --user incoming_user2
	accounts incoming_malong incoming_user1 incoming_user2 \
		'outgoing_malong (outgoing)'
	log_in_as incoming_user1 incoming_passwd1
	log_in_as incoming_user2 incoming_passwd2
	log_in_as incoming_malong incoming_123456
	# One's secret is not another's
	log_in_as incoming_user1 incoming_passwd2 24
	log_in_as incoming_user2 incoming_passwd2
}

unbind()
{
	tgtadm -L iscsi -m account -o show | tee "$lab_dir/show"
	[[ $(wc -l <"$lab_dir/show") == 6 ]]
	tgtadm -L iscsi -m account -o unbind -t 1 -u incoming_user1
	tgtadm -L iscsi -m account -o unbind -t 1 -u incoming_user2
	tgtadm -L iscsi -m account -o unbind -t 1 -u outgoing_malong --outgoing
	tgtadm -L iscsi -m account -o delete -u incoming_user1
	tgtadm -L iscsi -m account -o delete -u incoming_user2
	tgtadm -L iscsi -m account -o delete -u outgoing_malong
	tgtadm -L iscsi -m account -o delete -u outgoing_user1
	accounts incoming_malong
	tgtadm -L iscsi -m account -o show | tee "$lab_dir/show"
	diff - "$lab_dir/show" <<<$'Account list:\n    incoming_malong'
	# incoming_user2 is still logged in
	dd if="$(lun_disk "$disk1_name" 1)" of=/dev/null bs=4k count=1 \
		iflag=direct
	chap_conf authmethod=CHAP username=incoming_user2 \
		password=incoming_passwd2
	disk1_node -u
	disk1_discover
	told 24 disk1_node -l
	chap_conf authmethod=CHAP username=incoming_malong \
		password=incoming_123456
	disk1_discover
	told 0 disk1_node -l
	disk1_node -u
}

skip_tools_if_slow
servers_start
ktap_plan 12
ktap_test "a target is made" begin
ktap_test "account mode takes its long and short forms" account_mode
ktap_test "without a password iscsiadm reports error 24" one_way_wrong
ktap_test "with the password it logs in" one_way_right
ktap_test "with a wrong target iscsiadm reports error 19" mutual_wrong
ktap_test "with the right one it logs in" mutual_right
ktap_test "a second outgoing account is refused" second_outgoing
ktap_test "several incoming accounts work at once" several_incoming
ktap_test "what is unbound holds from the next login on" unbind
servers_finish
