b 69
run
set print pretty on
show print pretty
p d
p/x d
p bt
p two
p/x two
p d.m
p &d
p d.in
p d.in[0]
p d.u
p *d.next
info locals
bt full
display d
display two
output bt
p $xmm0
i r xmm0 rip
p/x $xmm0
up
set print pretty
p one
set print pretty off
p one
set print pretty 1
set print pretty nonsense
set print pretty on extra
set pr pretty on
set p pre on
p one
set print nope on
set print elements 200
set print frame-arguments scalars
set print union on
set print address on
set width 0
set wid 0
set confirm off
set w 3
set disas intel
set i = 3
set
set var
set print a
set print address maybe
set listsize 3
show listsize
list 20
list
list -
list twice
l 10,
l ,20
info line twice
list
next
list
set lis 5
list main
list
set listsize
set disassembly intel
x/i $pc
set disassembly-flavor foo
