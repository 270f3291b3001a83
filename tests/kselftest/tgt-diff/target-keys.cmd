# Keys of a target, set and shown.
tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.example:keys
tgtadm -L iscsi -m target -o update -t 1 -n MaxRecvDataSegmentLength -v 65536
tgtadm -L iscsi -m target -o update -t 1 -n HeaderDigest -v CRC32C
tgtadm -L iscsi -m target -o update -t 1 -n DataDigest -v None
tgtadm -L iscsi -m target -o update -t 1 -n InitialR2T -v No
tgtadm -L iscsi -m target -o update -t 1 -n MaxOutstandingR2T -v 4
tgtadm -L iscsi -m target -o update -t 1 -n ImmediateData -v No
tgtadm -L iscsi -m target -o update -t 1 -n FirstBurstLength -v 32768
tgtadm -L iscsi -m target -o update -t 1 -n MaxBurstLength -v 65536
tgtadm -L iscsi -m target -o update -t 1 -n DefaultTime2Wait -v 5
tgtadm -L iscsi -m target -o update -t 1 -n MaxXmitDataSegmentLength -v 16384
tgtadm -L iscsi -m target -o update -t 1 -n nop_interval -v 30
tgtadm -L iscsi -m target -o update -t 1 -n nop_count -v 3
tgtadm -L iscsi -m target -o show -t 1
tgtadm -L iscsi -m target -o update -t 1 -n HeaderDigest -v CRC32C,None
tgtadm -L iscsi -m target -o update -t 1 -n DataDigest -v None,CRC32C
tgtadm -L iscsi -m target -o update -t 1 -n InitialR2T -v Yes
tgtadm -L iscsi -m target -o show -t 1
tgtadm -L iscsi -m target -o update -t 1 -n MaxConnections -v 1
tgtadm -L iscsi -m target -o update -t 1 -n ErrorRecoveryLevel -v 0
tgtadm -L iscsi -m target -o update -t 1 -n DataPDUInOrder -v Yes
tgtadm -L iscsi -m target -o update -t 1 -n MaxBurstLength -v 511
tgtadm -L iscsi -m target -o update -t 1 -n MaxOutstandingR2T -v 0
tgtadm -L iscsi -m target -o update -t 1 -n HeaderDigest -v MD5
tgtadm -L iscsi -m target -o update -t 1 -n InitialR2T -v maybe
tgtadm -L iscsi -m target -o show -t 1
