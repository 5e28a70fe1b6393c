set disassembly-flavor i
set disassembly-flavor in
show disassembly-flavor
set disassembly-flavor a
show disassembly-flavor
set disassembly-flavor x
set disassembly-flavor I
set disassembly-flavor inteli
set disassembly-flavor
set disassembly-flavor att x
show disassembly-flavor
set disassembly-flavor intel  
set print pretty y
show print pretty
set print pretty n
show print pretty
set print pretty en
show print pretty
set print pretty d
show print pretty
set print pretty ye
show print pretty
set print pretty of
show print pretty
set print pretty o
show print pretty
set print pretty on
set print pretty off
set print pretty 1
show print pretty
set print pretty 0
show print pretty
set print pretty 2
set print pretty ON
set print pretty onn
set print pretty e
show print pretty
set print pretty dis
set print pretty disa
set print pretty
show print pretty
set print pretty 10
set print union y
set print union en
set print address ye
set print symbol 1
set print array n
set print array o
set print pretty on x
set print object dis
set disassembly-flavor inteli x
set disassembly-flavor in x y
break helper
run
set disassembly-flavor i
x/2i $pc
set print pretty e
up
p one.h
