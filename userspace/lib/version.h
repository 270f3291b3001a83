/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KTGT_LIB_VERSION_H
#define KTGT_LIB_VERSION_H

#define KTGT_VERSION	"0.1.0"

#endif
