# Nobody is there, then an initiator that has sent no command yet.
tgtadm -L iscsi -m system -o stat
tgtadm -L iscsi -m target -o stat
tgtadm -L iscsi -m target -o stat -t 1
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:stat
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 12 -b /dev/tgt-diff/b
tgtadm -L iscsi -m target -o bind -t 1 -I ALL
tgtadm -L iscsi -m target -o stat -t 1
tgtadm -L iscsi -m logicalunit -o stat -t 1 -l 1
tgtadm -L iscsi -m logicalunit -o stat -t 1
tgtadm -L iscsi -m session -o stat -t 1 -s 1
@login iqn.2017-03.com.example:stat
tgtadm -L iscsi -m system -o stat
tgtadm -L iscsi -m target -o stat -t 1
tgtadm -L iscsi -m target -o stat -t 2
tgtadm -L iscsi -m logicalunit -o stat -t 1 -l 12
tgtadm -L iscsi -m logicalunit -o stat -t 1 -l 2
tgtadm -L iscsi -m logicalunit -o stat -t 2 -l 1
tgtadm -L iscsi -m logicalunit -o stat -t 1 -l 1 -s 1
# its last line counts the bytes of the login, which are not the same
tgtadm -L iscsi -m session -o stat -t 1 -s 1 | sed '$d'
tgtadm -L iscsi -m session -o stat -t 1 -s 9
tgtadm -L iscsi -m session -o stat -t 1
tgtadm -L iscsi -m connection -o stat -t 1 -s 1 -c 0 | sed '$d'
tgtadm -L iscsi -m connection -o stat -t 1 -s 1 -c 9
tgtadm -L iscsi -m connection -o stat -t 1
tgtadm -L iscsi -m account -o stat
tgtadm -L iscsi -m portal -o stat
@logout
tgtadm -L iscsi -m target -o stat -t 1
