# Accounts: long options cut short.
tgtadm -L iscsi -m account -o new --u alice --p secretsecret1
tgtadm -L iscsi -m account -o show
tgtadm -L iscsi -m account -o new --us bob --pass secretsecret2
tgtadm -L iscsi -m account -o new --user carol --pa secretsecret3
