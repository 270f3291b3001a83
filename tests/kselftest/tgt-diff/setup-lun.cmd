# tgt-setup-lun. Few targets at a time: that of tgt starts three programs for each
# line that tgtadm shows.
tgt-setup-lun -n iqn.2017-03.com.example:setup1 -d /dev/tgt-diff/a
echo yes | tgt-setup-lun -n iqn.2017-03.com.example:setup1 -d /dev/tgt-diff/c
echo no | tgt-setup-lun -n iqn.2017-03.com.example:setup1 -d /dev/tgt-diff/d
tgtadm -m target -o show
tgtadm -m target -o delete -t 1
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:first
tgtadm -L iscsi -m target -o new -t 3 -T iqn.2017-03.com.example:third
tgt-setup-lun -n iqn.2017-03.com.example:setup2 -d /dev/tgt-diff/b -b rdwr 192.168.10.81 192.168.10.82
tgtadm -m target -o show
tgtadm -m target -o delete -t 2
tgtadm -m target -o delete -t 1
tgt-setup-lun -n tgt-1 -d /dev/tgt-diff/a -C 0 192.168.10.81
tgtadm -m target -o show
tgtadm -m target -o delete -t 1
tgt-setup-lun -n iqn.2017-03.com.example:setup4 -d /dev/tgt-diff/d -B 4096
tgtadm -m target -o show
tgtadm -m target -o delete -t 1
tgt-setup-lun -n iqn.2017-03.com.example:setup5 -d /dev/tgt-diff/d -b nosuchstore
tgt-setup-lun -n iqn.2017-03.com.example:setup6
tgtadm -m target -o show
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:first
tgt-setup-lun -n iqn.2017-03.com.example:setup7 -d /dev/tgt-diff/c -t nosuchlld
tgtadm -m target -o show
