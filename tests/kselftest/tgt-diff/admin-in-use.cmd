# A file is executed while an initiator is logged in.
printf '%s\n' '<target iqn.2017-03.com.example:use>' 'backing-store /dev/tgt-diff/a' 'backing-store /dev/tgt-diff/b' '</target>' > tgt.conf
tgt-admin -e -c tgt.conf
@login iqn.2017-03.com.example:use
tgt-admin -e -c tgt.conf
tgt-admin -s
tgt-admin --update ALL -c tgt.conf
tgt-admin -s
@logout
tgt-admin -s
