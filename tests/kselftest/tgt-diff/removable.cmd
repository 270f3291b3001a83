# A medium that is ejected, loaded and changed, and parameters in a list.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:removable
tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/tgt-diff/a
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P removable=1
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P removable=1
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P removable=1,online=0
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P online=1
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P path=/dev/tgt-diff/b
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P online=0,path=/dev/tgt-diff/b
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 1 -P removable=0
tgtadm -L iscsi -m logicalunit -o update -t 1 -l 7 -P removable=1
tgtadm -L iscsi -m target -o show
