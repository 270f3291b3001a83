# The whole of it.
tgtadm -m system -o show | sed -n '1,/LLDs/p'
tgtadm --mode sys --op show | sed -n '/iSNS:/,$p'
tgtadm -m lld -o show
tgtadm -m lld -o start -L iscsi
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:system
tgtadm -m system -o delete
tgtadm -m system -o update -n NoSuchName -v 1
tgtadm -m system -o update -n State
tgtadm -m system -o update
tgtadm -m lld -o delete
tgtadm -m lld -o new
# How start scripts keep initiators waiting
tgtadm -m system -o update -n State -v offline
tgtadm -m system -o show | sed -n '1,/State/p'
tgtadm -m system -o update -n State -v ready
tgtadm -m system -o show | sed -n '1,/State/p'
tgtadm -m system -o update -n State -v away
