b *main
b *sum
b *turn
r
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
si
bt
info registers rip rsp rbp eflags
x/2i $pc
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
c
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
si
bt
info registers rip rsp rbp eflags
x/2i $pc
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
si
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
c
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
si
bt
info registers rip rsp rbp eflags
x/2i $pc
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
si
bt
info registers rip rsp rbp eflags
x/2i $pc
ni
bt
info registers rip rsp rbp eflags
x/2i $pc
info frame
up
info frame
info registers rip rsp rbp
disassemble $pc,+12
down
c
info b
