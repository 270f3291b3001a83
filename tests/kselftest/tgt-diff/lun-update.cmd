# Parameters of a logical unit.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:update
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P nosuchparam=1
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 2 -P readonly=1
tgtadm -L iscsi -m logicalunit -o update -t 2 -l 1 -P readonly=1
tgtadm -L iscsi -m logicalunit -o update -t 1 -P readonly=1
tgtadm -L iscsi -m logicalunit -o update -l 1 -P readonly=1
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -n readonly -v 1
tgtadm -L iscsi -m target -o show
