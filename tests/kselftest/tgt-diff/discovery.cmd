# Accounts of discovery.
tgtadm -L iscsi -m account -o new -u alice -p secretsecret1
tgtadm -L iscsi -m account -o new -u target -p secretsecret2
tgtadm -L iscsi -m account -o bind -u alice
tgtadm -L iscsi -m account -o bind -u target --outgoing
tgtadm -L iscsi -m sys -o show | sed -n '/Account/,/iSNS/p'
tgtadm -L iscsi -m account -o unbind -u alice
tgtadm -L iscsi -m account -o unbind -u target --outgoing
tgtadm -L iscsi -m sys -o show | sed -n '/Account/,/iSNS/p'
