# SPDX-License-Identifier: GPL-2.0
"""What blocks of a disk have to be."""

import struct

from ktap import check

BLOCK = 512


class Shadow:
    """For each block what it may hold, or None: nobody knows. TAG tells the data
    of one shadow from those of others."""

    def __init__(self, blocks, tag=0x6b746774, known=True):
        self.tag = tag
        self.blocks = [{bytes(BLOCK)} if known else None for _ in range(blocks)]
        self.count = 0

    def pattern(self, size):
        """Bytes that were not used before."""
        self.count += 1
        return b"".join(struct.pack("=IIQ", self.count, block, self.tag) * 32
                        for block in range(size // BLOCK))

    def known(self, lba, size):
        """What is there, after a check of it."""
        blocks = self.blocks[lba:lba + size // BLOCK]
        check(all(may and len(may) == 1 for may in blocks), f"block {lba} is not known")
        return b"".join(next(iter(may)) for may in blocks)

    def wrote(self, lba, data, sure):
        """DATA was written, or, if it is not SURE, in part perhaps."""
        for i in range(len(data) // BLOCK):
            block = data[i * BLOCK:(i + 1) * BLOCK]
            if sure:
                self.blocks[lba + i] = {block}
            elif self.blocks[lba + i] is not None:
                self.blocks[lba + i].add(block)

    def check(self, lba, data, what):
        """DATA has been read."""
        for i in range(len(data) // BLOCK):
            block, may = data[i * BLOCK:(i + 1) * BLOCK], self.blocks[lba + i]
            check(may is None or block in may,
                  f"{what}: wrong data in block {lba + i}: {block[:16].hex()}, "
                  f"not {' or '.join(one[:16].hex() for one in may or ())}")
            # it does not change any more from here on
            self.blocks[lba + i] = {block}
