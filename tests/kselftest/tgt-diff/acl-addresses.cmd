# Addresses of other forms.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:acl
tgtadm -L iscsi -m target -o bind -t 1 -I 10.1.2.3/32
tgtadm -L iscsi -m target -o bind -t 1 -I [fd77::1]
tgtadm -L iscsi -m target -o bind -t 1 -I [fd77::]/64
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m target -o bind -t 1 -I nonsense
tgtadm -L iscsi -m target -o bind -t 1 -Q ALL
tgtadm -L iscsi -m target -o bind -t 1 -I 10.1.2.4 -Q iqn.1994-05.com.redhat:ceb390801983
