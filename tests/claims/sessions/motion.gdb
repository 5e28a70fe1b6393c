break sum
tbreak turn
break 21
break *main
break *main+4
break p1.c:3
break 99
break nosuch
break main
info breakpoints
run
stepi
si
nexti
ni 2
info frame
continue
bt
info frame
up
info frame
info locals
down
frame
frame 1
frame 5
up 3
info args
info locals
finish
finish
next
next
next
step
step
bt
step
until
until
display counter
display/i $pc
display/x $rax
info display
next
undisplay 1
next
next
next
next
info locals
