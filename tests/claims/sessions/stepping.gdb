b main
r
s
bt
x/i $pc
s
s
s
info frame
info registers rip rsp rbp
s
bt
x/i $pc
s
finish
s
s
s
bt
x/i $pc
s
s
info frame
info registers rip rsp rbp
s
s
bt
x/i $pc
s
s
finish
s
s
bt
x/i $pc
s
info frame
info registers rip rsp rbp
s
s
s
bt
x/i $pc
s
s
s
finish
s
bt
x/i $pc
info frame
info registers rip rsp rbp
s
s
s
s
bt
x/i $pc
s
s
s
info frame
info registers rip rsp rbp
s
bt
x/i $pc
finish
s
s
s
s
bt
x/i $pc
s
s
info frame
info registers rip rsp rbp
s
s
bt
x/i $pc
s
finish
s
s
s
bt
x/i $pc
s
info frame
info registers rip rsp rbp
s
s
s
bt
x/i $pc
s
s
finish
s
s
bt
x/i $pc
info frame
info registers rip rsp rbp
s
s
s
s
bt
x/i $pc
s
s
s
info frame
info registers rip rsp rbp
finish
s
bt
x/i $pc
s
s
s
s
bt
x/i $pc
s
s
info frame
info registers rip rsp rbp
s
s
bt
x/i $pc
finish
s
r
n
info args
n
n
n
n
n
info args
n
n
n
n
n
info args
n
n
n
n
n
info args
n
n
n
n
n
info args
n
n
n
n
n
info args
n
n
n
n
n
info args
n
n
n
n
n
info args
n
n
n
n
u
u
u
u
advance main
c
