/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTGT_VERSION_H
#define KTGT_VERSION_H

#define KTGT_VERSION	"0.1.0"

#endif
