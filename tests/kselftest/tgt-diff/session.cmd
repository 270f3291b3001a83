# An initiator is logged in.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:session
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -L iscsi -m target -o bind -t 1 -I ALL
tgtadm -L iscsi -m conn -o show -t 1
@login iqn.2017-03.com.example:session
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m conn -o show -t 1
tgtadm -L iscsi -m target -o delete -t 1
tgtadm -L iscsi -m conn -o delete -t 1 -s 99 -c 0
tgtadm -L iscsi -m conn -o show -t 2
tgtadm -L iscsi -m conn -o show
tgtadm -L iscsi -m target -o bind -t 1 -I 10.9.9.9
@logout
tgtadm -L iscsi -m target -o show
@login iqn.2017-03.com.example:session
tgtadm -L iscsi -m target -o delete --force -t 1
tgtadm -L iscsi -m target -o show
