b 6
r
set scheduler-locking on
i proc mapping
p &main.gInt
i symbol &main.gInt
i symbol 0x4fc9f0
p main.gInt
p main.sum
i symbol 0x45dce0
p &a
p &b
p/x b
i files
finish
