# Accounts that are not there, or there already.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:chap
tgtadm -L iscsi -m account -o new -u alice -p secretsecret1
tgtadm -L iscsi -m account -o new -u alice -p secretsecret2
tgtadm -L iscsi -m account -o new -u bob
tgtadm -L iscsi -m account -o new -p secretsecret1
tgtadm -L iscsi -m account -o delete -u carol
tgtadm -L iscsi -m account -o bind -t 1 -u carol
tgtadm -L iscsi -m account -o bind -t 2 -u alice
tgtadm -L iscsi -m account -o bind -t 1 -u alice
tgtadm -L iscsi -m account -o unbind -t 1 -u carol
tgtadm -L iscsi -m account -o bind -t 1
tgtadm -L iscsi -m account -o delete -u alice
tgtadm -L iscsi -m target -o show
tgtadm -L iscsi -m account -o show
