# What is bound twice, or not bound.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:chap
tgtadm -L iscsi -m account -o new -u alice -p secretsecret1
tgtadm -L iscsi -m account -o bind -t 1 -u alice
tgtadm -L iscsi -m account -o bind -t 1 -u alice
tgtadm -L iscsi -m account -o unbind -t 1 -u alice
tgtadm -L iscsi -m account -o unbind -t 1 -u alice
tgtadm -L iscsi -m account -o unbind -t 1 -u alice --outgoing
tgtadm -L iscsi -m target -o show
