p/c 321
p/c 65L
p/x 1.5
p/d 'a'
p/x 'a'
p/t 'a'
p/o 0
p/a 5
p/s 65
p/z 'a'
p/x -1L
break sum
run
up
info registers
p $rip
p $rsp
p $rax
p argc
p &n
x/i $pc
x/2i
disassemble
down
p main.n
p main::n
p a + b
p a == 1 && b == 2
p &s
p $rbp
p (long)$rbp
p/x (long)$rbp
p *(long*)$rbp
p *(long*)$rbp@2
p (char)a
p (unsigned char)-1
p (short)70000
p (int*)$rsp
p *(int(*)[4])$rsp
p/x *(int(*)[4])$rsp
p {int}$rsp
p {long}($rsp+8)
p ratio*2
p (int)ratio
p (float)ratio
p &ratio
p *&origin
p origin.x
p (&origin)->y
p &origin.y
p/x &origin
p argv
up
p argv[0][0]
p *argv[0]@5
p argv[0]+1
p &argv[1]
p argv+1
p *argv@1
p $_exitcode
whatis $_
x/s argv[0]
x/x $rsp
x/2x
p $_
p $__
x/2i main
x/x $rsp
p $_
whatis a+b
whatis 1+1L
whatis 1u
whatis &main
whatis *main
whatis &origin.y
whatis (char)1
whatis int
whatis unsigned long
ptype unsigned long
ptype int*
ptype argv
whatis struct nosuch
p nosuch(1)
p sizeof(long)
whatis sizeof(int)
p 5/2.0
p 2147483647+1
p 4294967296
whatis 4294967295
whatis 2147483648
p 0xffffffff
p 0xffffffffffffffff
p 1 << 31
p -1 >> 1
p 'a'+1
p "abc"[1]
p sizeof("abc")
p/x $sp
p $sp
p $pc
p $fp
p/x $ax
p $ah
p $eip
info registers pc
info registers ax al ah
p environ
p &environ
p (long)&environ
p/a $rip
p/a 0x401620
p/a &counter
output/x 17
p $rip+1
p main+4
p &main+1
x/i main+4
info line *main+4
p argc,argv
p/x argc
p -argc
p !argc
p +argc
p argc ? 5 : 6
p a@2
p $1 + 1
p $$
p $$3
p )
p (1
p 1 +
p 1 2
p 08
p 1.2.3
p 'ab'
p "abc
p sizeof
p *1
p *ratio
p origin + 1
p &1
p origin->x
p argc->x
p argc.x
p origin.z
p main.x
p -origin
p argc[0]
