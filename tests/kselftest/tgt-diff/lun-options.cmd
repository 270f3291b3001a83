# Stores, flags, block sizes.
tgtadm -L iscsi -m target -o new -t 3 -T iqn.2017-03.com.example:luns
tgtadm -L iscsi -m logicalunit -o new -t 3 -l 1 -b /dev/tgt-diff/a --blocksize 4096
tgtadm -L iscsi -m logicalunit -o new -t 3 -l 2 -b /dev/tgt-diff/b --bsoflags sync
tgtadm -L iscsi -m logicalunit -o new -t 3 -l 3 -b /dev/tgt-diff/c --bsoflags direct
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m logicalunit -o delete -t 3 -l 1
tgtadm -L iscsi -m logicalunit -o new -t 3 -l 4 -b /dev/tgt-diff/a --bsoflags nosuchflag
tgtadm -L iscsi -m logicalunit -o new -t 3 -l 4 -b /dev/tgt-diff/a --blocksize 700
