b sum
r
list
info line 9
n
x/i
x/2i
info symbol atoi
bt
p $_exitcode
info registers rip
info registers $rip
info registers foo
info registers/x rip
info r/d rsp
p/x $rsp
x/2g $rsp
x/2wx $rsp
x/3c $rsp
x/2f $rsp
x $rsp
x/2xg $rsp+8
x/xg &s
x/dw &s
x &s
x/d &s
x/0x $rsp
x/i sum
x/3i sum
x/2i $pc-3
x/s $rsp
output s
output/x s
p
p/x
p $$
echo a b\n
display s
display/x s
display/i $pc
display/2i $pc
display/4xw $rsp
n
display
undisplay 9
undisplay 1
undisplay
info display
delete display
frame function main
frame level 0
up
frame
info frame
up 
down
down
info locals
info args
n
d 9
b
b 9
tb 20
info b
dis 2
info b
en 2
c
info b
until 22
advance 23
info b
d 2
info b
d
info b
c
info b
bt
start
info b
stepi 3
nexti 2
ni 2
step 2
next 2
continue 2
