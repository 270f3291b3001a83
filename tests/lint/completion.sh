#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bash completion: each object, verb and argument of the command table is offered
# where it may stand, and values that are words are.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

make -s -C "$top/userspace" >/dev/null || exit 1
PATH=$top/build/userspace:$PATH
# shellcheck source-path=SCRIPTDIR source=../../userspace/completion/ktgtadm.bash
. "$top/userspace/completion/ktgtadm.bash"

status=0

# offers WANTED LINE: the words that bash would offer behind LINE
offers()
{
	local want=$1 got

	COMP_LINE=$2
	read -ra COMP_WORDS <<<"$2"
	[[ $2 != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_ktgtadm
	got=$(printf '%s\n' "${COMPREPLY[@]}" | sort | xargs)
	[[ $got == "$want" ]] || {
		echo "'$2': offers '$got', should be '$want'"
		status=1
	}
}

sorted()
{
	tr ' ' '\n' | sed '/^$/d' | sort -u | xargs
}

commands=$(ktgtadm --dump-commands)
objects=$(cut -d ' ' -f 1 <<<"$commands" | sorted)
offers "$objects" "ktgtadm "
for object in $objects; do
	verbs=$(sed -n "s/^$object \([^ ]*\).*/\1/p" <<<"$commands")
	offers "$(echo "help $verbs" | sorted)" "ktgtadm $object "
	for verb in $verbs; do
		args=$(sed -n "s/^$object $verb *//p" <<<"$commands")
		# what may come first without its key has another list: its values
		[[ $args != *'*'* ]] || continue
		offers "$(sed 's/=[^ ]*//g; s/!//g' <<<"$args" | sorted)" \
			"ktgtadm $object $verb "
	done
done
offers "offline ready" "ktgtadm target add iqn.2026-11.org.x:a state "
offers "crc32c default either none" \
	"ktgtadm target set iqn.2026-11.org.x:a header-digest "
offers "default" "ktgtadm target set 1 max-burst-length "
offers "max-burst-length max-outstanding-r2t max-recv-data-segment-length max-xmit-data-segment-length" \
	"ktgtadm target set 1 nop-count 3 max"
offers "default md5 sha1 sha256 sha3-256" \
	"ktgtadm target set 1 chap-algorithms "
offers "sha1,md5 sha1,sha1 sha1,sha256 sha1,sha3-256" \
	"ktgtadm target set 1 chap-algorithms sha1,"
offers "md5,sha1,sha256" "ktgtadm target set 1 chap-algorithms md5,sha1,sha2"
offers "ready" "ktgtadm net set state re"
exit "$status"
