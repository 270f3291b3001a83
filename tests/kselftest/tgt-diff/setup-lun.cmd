# tgt-setup-lun
tgt-setup-lun -n iqn.2017-03.com.example:setup1 -d /dev/tgt-diff/a
tgt-setup-lun -n iqn.2017-03.com.example:setup2 -d /dev/tgt-diff/b -b rdwr 192.168.10.81 192.168.10.82
tgtadm -m target -o show
echo yes | tgt-setup-lun -n iqn.2017-03.com.example:setup1 -d /dev/tgt-diff/c
echo no | tgt-setup-lun -n iqn.2017-03.com.example:setup1 -d /dev/tgt-diff/d
tgtadm -m target -o show
tgtadm -m target -o delete -t 1
tgt-setup-lun -n tgt-1 -d /dev/tgt-diff/a -C 0 192.168.10.81
tgt-setup-lun -n iqn.2017-03.com.example:setup4 -d /dev/tgt-diff/d -B 4096
tgt-setup-lun -n iqn.2017-03.com.example:setup5 -d /dev/tgt-diff/d -b nosuchstore
tgt-setup-lun -n iqn.2017-03.com.example:setup6
tgt-setup-lun -n iqn.2017-03.com.example:setup7 -d /dev/tgt-diff/c -t nosuchlld
tgtadm -m target -o show
