b half
b mean
b weigh
run
info args
bt
up
info locals
p wide
p/x wide
whatis wide
p bits
p/x bits
p bits.b
p &bits
whatis &bits
p not
p inf
p less
p -inf
p uc
p l
p pp
p $fp
c
info args
bt
up
info locals
bt full
c
info args
bt
info frame
p $fp
finish
