# Where it listens.
tgtadm -L iscsi -m portal -o show
tgtadm -L iscsi -m portal -o new --param portal=127.0.0.1:3261
tgtadm -L iscsi -m portal -o show
tgtadm -L iscsi -m portal -o delete --param portal=127.0.0.1:3261
tgtadm -L iscsi -m pt -o show
tgtadm -L iscsi -m portal -o new
tgtadm -L iscsi -m portal -o delete
tgtadm -L iscsi -m portal -o delete --param portal=127.0.0.1:3999
tgtadm -L iscsi -m portal -o show -t 1
tgtadm -L iscsi -m portal -o update --param portal=127.0.0.1:3261
