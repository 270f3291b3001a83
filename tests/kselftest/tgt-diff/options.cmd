# Command lines that are wrong.
tgtadm
tgtadm --mode target
tgtadm --op show
tgtadm --mode nosuchmode --op show
tgtadm --mode target --op nosuchop
tgtadm --lld nosuchlld --mode target --op show
tgtadm --lld nosuchlld --mode target --op new --tid 1 --targetname iqn.2017-03.com.example:a
tgtadm --nosuchoption
tgtadm -m target -o new -t x -T iqn.2017-03.com.example:a
tgtadm -m target -o new -t 99999999999999999999 -T iqn.2017-03.com.example:a
tgtadm -m target -o new -t -1 -T iqn.2017-03.com.example:a
tgtadm -m target -o show extra
tgtadm -m target -o start
tgtadm -m target -o show -u alice
tgtadm -m target -o delete -t 1 -l 1
tgtadm -m account -o update
tgtadm -m account -o show -u alice
tgtadm -m logicalunit -o bind -t 1 -l 1
tgtadm -m logicalunit -o delete -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -m conn -o new -t 1
tgtadm -m sess -o new -t 1
tgtadm -m target -o bind -t 1 -u alice
tgtadm -m target -o show -C x
tgtadm -m target -o
