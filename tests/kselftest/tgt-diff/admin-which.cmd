# Targets that are not there.
tgt-admin --delete iqn.2017-03.com.example:nobody
tgt-admin --delete tid=7
tgt-admin --offline iqn.2017-03.com.example:nobody
tgt-admin --ready iqn.2017-03.com.example:nobody
tgt-admin --offline tid=7
