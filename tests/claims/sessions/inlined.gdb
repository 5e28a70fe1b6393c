b main
r
bt
b 14
c
bt
info frame
info locals
d
si
bt
info frame
info locals
info args
up
info frame
info locals
si
bt
info frame
info locals
info args
up
info frame
info locals
si
bt
info frame
info locals
info args
up
info frame
info locals
si
bt
info frame
info locals
info args
up
info frame
info locals
si
bt
info frame
info locals
info args
up
info frame
info locals
si
bt
info frame
info locals
info args
up
info frame
info locals
si
bt
info frame
info locals
info args
up
info frame
info locals
