# Names that are right, and one that is not.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2016-06.com.longshuai
tgtadm -L iscsi -m target -o new -t 2 -T eui.02004567A425678D
tgtadm -L iscsi -m target -o new -t 3 -T naa.52004567BA64678D
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o new -t 4 -T not-an-iqn
