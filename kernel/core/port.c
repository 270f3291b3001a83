// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of target ports.
 */
#include "port.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>

/**
 * ktgt_ports_add - add a target port to some
 * @ports: target ports
 * @tag: portal group tag, which may be among them already
 *
 * Context: any, while nobody else uses @ports.
 * Return: false if there would be too many.
 */
bool ktgt_ports_add(struct ktgt_ports *ports, u16 tag)
{
	if (ktgt_ports_has(ports, tag))
		return true;
	if (ports->nr == KTGT_PORTS_MAX)
		return false;
	ports->tag[ports->nr++] = tag;
	return true;
}

/* A number without sign and blanks, and what is behind it; 0 if it is none. */
static u16 get_tag(const char **text)
{
	unsigned int tag = 0;

	while (isdigit(**text) && tag <= U16_MAX)
		tag = 10 * tag + *(*text)++ - '0';
	return tag <= U16_MAX ? tag : 0;
}

/**
 * ktgt_ports_parse - read a list of portal group tags
 * @text: numbers from 1 to 65535, separated by commas
 * @ports: takes them, in their order
 *
 * Context: any.
 * Return: 0; -EINVAL if it is no such list, -EEXIST if a tag stands in it twice,
 *	-E2BIG if it has more than KTGT_PORTS_MAX.
 */
int ktgt_ports_parse(const char *text, struct ktgt_ports *ports)
{
	u16 tag;

	ports->nr = 0;
	for (;; text++) {
		tag = get_tag(&text);
		if (!tag || (*text && *text != ','))
			return -EINVAL;
		if (ktgt_ports_has(ports, tag))
			return -EEXIST;
		if (!ktgt_ports_add(ports, tag))
			return -E2BIG;
		if (!*text)
			return 0;
	}
}

/**
 * ktgt_ports_print - write a list of portal group tags
 * @ports: target ports
 * @text: takes the list, KTGT_PORTS_TEXT + 1 bytes
 *
 * Context: any.
 */
void ktgt_ports_print(const struct ktgt_ports *ports, char *text)
{
	unsigned int i;

	/* each has up to five digits, and a comma or the NUL behind it */
	static_assert(KTGT_PORTS_TEXT + 1 >= 6 * KTGT_PORTS_MAX);

	*text = '\0';
	for (i = 0; i < ports->nr; i++)
		text += sprintf(text, "%s%u", i ? "," : "", ports->tag[i]);
}
