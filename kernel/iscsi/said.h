/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who an initiator has said that it is, and what it wants to log in to.
 */
#ifndef _KTGT_ISCSI_SAID_H
#define _KTGT_ISCSI_SAID_H

struct ktgt_text_nego;

/**
 * struct ktgt_said - what the first request of a login has said
 * @initiator: InitiatorName, in lower case
 * @target: TargetName, in lower case; empty in a discovery session
 * @alias: InitiatorAlias, as much of it as is kept; may be empty
 */
struct ktgt_said {
	const char	*initiator;
	const char	*target;
	const char	*alias;
};

const char *ktgt_said_changed(const struct ktgt_said *said,
			      const struct ktgt_text_nego *nego);

#endif /* _KTGT_ISCSI_SAID_H */
