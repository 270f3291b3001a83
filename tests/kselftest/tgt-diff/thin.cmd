# A device that can give back blocks.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:thin
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/thin
tgtadm -L iscsi -m target -o show
