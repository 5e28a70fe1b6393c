b main
r
bt
info frame
info locals
d
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
si
bt
info frame
info args
up
info frame
info locals
si
bt
info frame
info args
up
info frame
info locals
si
bt
info frame
info args
up
info frame
info locals
si
bt
info frame
info args
up
info frame
info locals
si
bt
info frame
info args
up
info frame
info locals
