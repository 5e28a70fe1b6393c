b main
r
step
step
bt
step
step
step
step
step
step
step
step
run
next
next
bt
next
next
run
step
step
finish
bt
step
finish
next
run
step
step
up
finish
next
run
until
until
d
tb inlined.c:8
r
bt
finish
d
b inlined.c:9
r
step 3
bt
info locals
step 2
info args
