info registers
info registers rip rsp rbp
i r eflags
p $rsp
p/x $sp
p $pc
p $eflags
p/t 10
p 3 + 4 * 2
p/c 65
p &MAIN
p MAIN
p/x &MAIN
whatis MAIN
ptype MAIN
whatis $rsp
x/4xg $rsp
x/8xb MAIN
x/2dw MAIN
x/3uh MAIN
x/2ob MAIN
x/2tb MAIN
x/2c MAIN
x/a $pc
x/3i $pc
x/i MAIN
x/2i
info frame
info frame 0
backtrace
bt 1
frame
frame 0
up
info frame
info locals
down
info locals
info args
info symbol $pc
info symbol MAIN
info address MAIN
info line
info line *$pc
info line MAIN
info proc mappings
info files
disassemble
disassemble /r
disassemble /m
disassemble /s
disassemble /rs MAIN
disassemble $pc,+9
set disassembly-flavor intel
x/2i $pc
disassemble MAIN
set disassembly-flavor att
list
list MAIN
list *$pc
list 1,4
info breakpoints
