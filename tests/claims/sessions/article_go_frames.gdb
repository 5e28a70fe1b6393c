b 6
r
set scheduler-locking on
i frame 0
i frame 1
i frame 2
bt
x/xg $rsp
x/gx $rsp+8
x/3xg $rsp
i register rsp
i registers
up
i frame
i locals
