# Targets: made, shown, deleted, in the long and the short forms of the how-to.
tgtadm -L iscsi -m target -o show
tgtadm --lld iscsi --mode target --op new --tid 1 --targetname iqn.2017-03.com.example:test.disk1
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o new -t 2 -T iqn.2017-03.com.example:test.disk2
tgtadm --mode tgt --op new --tid=7 --targetname=iqn.2017-03.com.example:test.disk7
tgtadm -C 0 -L iscsi -m target -o new -t 5 -T iqn.2017-03.com.example:test.disk5
tgtadm -L iscsi -m target -o show
tgtadm -m lld -o show
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:other
tgtadm -L iscsi -m target -o new -t 3 -T iqn.2017-03.com.example:test.disk1
tgtadm -L iscsi -m target -o new -t 0 -T iqn.2017-03.com.example:zero
tgtadm -L iscsi -m target -o new -T iqn.2017-03.com.example:none
tgtadm -L iscsi -m target -o new -t 4
tgtadm -L iscsi -m target -o delete -t 2
tgtadm -L iscsi -m target -o delete -t 2
tgtadm -L iscsi -m target -o delete
tgtadm -L iscsi -m target -o delete -t 0
tgtadm -L iscsi -m target -o delete --force -t 7
tgtadm --lld iscsi --op delete --mode target --tid 99
tgtadm -L iscsi -m target -o show
