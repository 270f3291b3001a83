# Parameters of a target.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:params
tgtadm -L iscsi -m target -o show -t 1
tgtadm -L iscsi -m target -o show -t 2
tgtadm -L iscsi -m target -o update -t 1 -n state -v offline
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o update -t 1 -n state -v ready
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o update -t 1 -n state -v sideways
tgtadm -L iscsi -m target -o update -t 2 -n state -v ready
tgtadm -L iscsi -m target -o update -t 1 -n state
tgtadm -L iscsi -m target -o update -t 1 -v ready
tgtadm -L iscsi -m target -o update -t 1 -n NoSuchKey -v 1
tgtadm -L iscsi -m target -o update -t 0 -n state -v ready
tgtadm -L iscsi -m target -o update -n state -v ready
tgtadm -L iscsi -m target -o update -t 1 -P state=ready
