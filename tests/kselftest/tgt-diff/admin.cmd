# tgt-admin by itself.
tgt-admin -s
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:admin
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -L iscsi -m target -o bind -t 1 -I 192.168.100.0/24
tgt-admin -s
tgt-admin --show
tgt-admin --dump
tgt-admin --offline ALL
tgt-admin -s | grep State
tgt-admin --ready iqn.2017-03.com.example:admin
tgt-admin -s | grep State
tgt-admin --offline tid=1
tgt-admin -s | grep State
tgt-admin --ready tid=1
tgt-admin --delete tid=1
tgt-admin -s
tgt-admin --delete ALL
tgt-admin --update ALL -c /dev/tgt-diff/none.conf
tgt-admin -e -c /dev/tgt-diff/none.conf
tgt-admin --nosuchoption
