b leaf
r
bt
info args
info locals
info frame
up
info locals
info args
p n
p &n
p first
up
info args
down
down
finish
bt
s
s
bt
n
n
n
info locals
disassemble /s
