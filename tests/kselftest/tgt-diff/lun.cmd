# Logical units.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:luns
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -L iscsi -m target -o show
tgtadm --lld iscsi --mode logicalunit --op new --tid 1 --lun 2 --backing-store /dev/tgt-diff/b
tgtadm -L iscsi -m lu -o new -t 1 -l 5 -b /dev/tgt-diff/c -E rdwr -Y disk
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/d
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 0 -b /dev/tgt-diff/d
tgtadm -L iscsi -m logicalunit -o new -t 2 -l 1 -b /dev/tgt-diff/d
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 6 -b /dev/tgt-diff/missing
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 6 -b /dev/tgt-diff/d -E nosuchstore
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 6 -b /dev/tgt-diff/d -Y nosuchtype
tgtadm -L iscsi -m logicalunit -o new -t 1 -b /dev/tgt-diff/d
tgtadm -L iscsi -m logicalunit -o new -l 6 -b /dev/tgt-diff/d
tgtadm -L iscsi -m logicalunit -o new -t 0 -l 6 -b /dev/tgt-diff/d
tgtadm -L iscsi -m logicalunit -o delete -t 1 -l 2
tgtadm -L iscsi -m logicalunit -o delete -t 1 -l 2
tgtadm -L iscsi -m logicalunit -o delete -t 9 -l 1
tgtadm -L iscsi -m logicalunit -o delete -t 1
tgtadm -L iscsi -m logicalunit -o show -t 1 -l 1
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o delete -t 1
tgtadm -L iscsi -m target -o show
