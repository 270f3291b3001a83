# Dump, delete, execute gives back what was there.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:test.disk1
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 2 -b /dev/tgt-diff/b
tgtadm -L iscsi -m target -o bind -t 1 -I 192.168.100.5
tgt-admin --dump > tgt.conf
tgt-admin -s > before
tgt-admin --delete ALL
tgt-admin -s
tgt-admin -e -c tgt.conf
tgt-admin -s | diff before -
tgt-admin -s
tgt-admin -e -c tgt.conf
tgt-admin --update ALL -c tgt.conf
tgt-admin -s | diff before -
tgt-admin --update tid=1 -c tgt.conf
tgt-admin --update iqn.2017-03.com.example:test.disk1 -c tgt.conf
tgt-admin -s | diff before -
