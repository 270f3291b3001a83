#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Generated files are what their generator makes of the spec today.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
exec "$top/Documentation/netlink/regen.sh" --check
