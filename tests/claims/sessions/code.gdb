info symbol main
info address main
info line main
list main
list
list -
list 3
list 20,23
list sum,turn
list *0x401658
list sum,
list 99
list nosuch
list p1.c:5
disassemble sum
disassemble
disassemble/r sum
disassemble/m sum
disassemble/s sum
disassemble/rs sum
disassemble sum,+8
disassemble 0x401615,0x40161c
disassemble/s sum,+8
disassemble/m sum,+8
disassemble nosuch
disassemble counter
disassemble 0x0
disassemble/x sum
run
break sum
run
disassemble
disassemble $pc,+6
disassemble /r $pc,+6
disassemble /s
info symbol main
info symbol $pc
info symbol $rsp
info symbol counter
info symbol &counter
info symbol ratio
info address main
info address s
info address a
info address counter
info address nosuch
info address atoi
info line 18
info line main
info line sum
info line *$pc
info line *0x40165b
info line 3
info line 99
info line nosuch
info line *0x400000
set disassembly-flavor intel
x/3i $pc
disassemble sum
set disassembly-flavor foo
show disassembly-flavor
set disassembly-flavor att
nosuch
in
info no
info s
s
d
c
finish
info registers rsp nosuch
info registers foo
info registers al
info registers eax
info registers general
info registers rip
p $nosuch
list
list
list -
p $x=5
p $x
set $y = 7
p $y
print
x
echo hi\n
output counter
call counter
