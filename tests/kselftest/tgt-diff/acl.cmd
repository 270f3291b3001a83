# Who is admitted.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:acl
tgtadm -L iscsi -m target -o bind -t 1 -I 192.168.100.0/24
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o bind -t 1 -I 192.168.100.0/24
tgtadm --lld iscsi --mode target --op bind --tid 1 --initiator-address 10.0.0.7
tgtadm --lld iscsi --mode target --op bind --tid 1 --initiator-address ALL
tgtadm --lld iscsi --mode target --op bind --tid 1 --initiator-name iqn.1994-05.com.redhat:ceb390801983
tgtadm -L iscsi -m target -o bind -t 1 -Q iqn.1994-05.com.redhat:5a804fa64f8e
tgtadm -L iscsi -m target -o bind -t 1 -Q iqn.1994-05.com.redhat:5a804fa64f8e
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o unbind -t 1 -I 10.0.0.7
tgtadm -L iscsi -m target -o unbind -t 1 -I 10.0.0.7
tgtadm -L iscsi -m target -o unbind -t 1 -Q iqn.1994-05.com.redhat:5a804fa64f8e
tgtadm -L iscsi -m target -o unbind -t 1 -Q iqn.1994-05.com.redhat:nobody
tgtadm -L iscsi -m target -o unbind -t 1 -I ALL
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o bind -t 2 -I ALL
tgtadm -L iscsi -m target -o unbind -t 2 -I ALL
tgtadm -L iscsi -m target -o bind -t 1
tgtadm -L iscsi -m target -o unbind -t 1
tgtadm -L iscsi -m target -o bind -I ALL
