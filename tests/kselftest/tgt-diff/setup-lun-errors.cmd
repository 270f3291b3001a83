# What the script of tgt means to check, and does not.
tgt-setup-lun -n iqn.2017-03.com.example:setup8 -d /dev/tgt-diff/missing
tgt-setup-lun -d /dev/tgt-diff/c
tgt-setup-lun -n iqn.2017-03.com.example:setup9 -d /dev/tgt-diff/a nonsense
tgt-setup-lun
