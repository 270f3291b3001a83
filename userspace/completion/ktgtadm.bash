# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# bash completion of ktgtadm. It knows no command itself: the words come from
# ktgtadm --dump-commands, and what is configured from ktgtadm -r.

# Words that may follow "OBJECT VERB WORDS...", one on a line. The argument
# with an asterisk needs no key: it may be the first word already.
_ktgtadm_keys()
{
	local args=$1 arg key
	shift

	for arg in $args; do
		arg=${arg%!}
		[[ $arg == *\* && $# -gt 0 ]] && continue
		arg=${arg%\*}
		key=${arg%%=*}
		case " $* " in
		*" $key "*) ;;
		*) printf '%s\n' "$key" ;;
		esac
	done
}

# Values of one argument: the choices of its description, or what exists.
_ktgtadm_values()
{
	local key=$1 meta=$2 before=

	case $key in
	target)
		ktgtadm -r target show 2>/dev/null | cut -d ' ' -f 2
		;;
	tid)
		ktgtadm -r target show 2>/dev/null | cut -d ' ' -f 1
		;;
	user)
		ktgtadm -r account show 2>/dev/null | cut -d ' ' -f 1 | sort -u
		;;
	id)
		ktgtadm -r session show 2>/dev/null | cut -d ' ' -f 1
		;;
	path | secret-file)
		compgen -f -- "$cur"
		;;
	*)
		# words with commas between them
		if [[ $meta == *,... ]]; then
			meta=${meta%,...}
			if [[ $cur == *,* ]]; then
				before=${cur%,*},
				meta=${meta#default|}
				meta=$before${meta//|/|$before}
			fi
		fi
		case $meta in
		*'|N') printf '%s\n' "${meta%|N}" ;;
		*'|'*) printf '%s\n' "${meta//|/$'\n'}" ;;
		esac
		;;
	esac
}

# The description of the argument whose value is due, if one is.
_ktgtadm_due()
{
	local args=$1 previous=$2 n=$3 arg

	for arg in $args; do
		case $arg in
		"$previous="*) ;;
		*=*\**) [[ $n -eq 0 ]] || continue ;;
		*) continue ;;
		esac
		arg=${arg%!}
		printf '%s\n' "${arg%\*}"
		return
	done
}

_ktgtadm()
{
	local cur=${COMP_WORDS[COMP_CWORD]} i word commands args due
	local -a words=() candidates=()

	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		-n | --netns) ((i++)) ;;
		-*) ;;
		*) words+=("$word") ;;
		esac
	done
	commands=$(ktgtadm --dump-commands 2>/dev/null) || return
	[[ ${words[0]-} == lu ]] && words[0]=lun
	[[ ${words[0]-} == settings ]] && words[0]=net
	case ${#words[@]} in
	0)
		mapfile -t candidates < <(cut -d ' ' -f 1 <<<"$commands" |
			sort -u)
		[[ $cur == -* ]] && candidates=(--json --pretty --raw --netns
			--dump-commands --version --help)
		;;
	1)
		mapfile -t candidates < <(sed -n "s/^${words[0]} \([^ ]*\).*/\1/p" \
			<<<"$commands")
		candidates+=(help)
		;;
	*)
		args=$(sed -n "s/^${words[0]} ${words[1]} *//p" <<<"$commands")
		due=$(_ktgtadm_due "$args" "${words[-1]}" \
			$((${#words[@]} - 2)))
		if [[ -n $due ]]; then
			mapfile -t candidates < <(_ktgtadm_values \
				"${due%%=*}" "${due#*=}")
		else
			mapfile -t candidates < <(_ktgtadm_keys "$args" \
				"${words[@]:2}")
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "${candidates[*]}" -- "$cur")
	# a colon divides words for readline, names are full of them
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

complete -F _ktgtadm ktgtadm
