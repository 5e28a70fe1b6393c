break main
x/x $rsp
bt
print counter
print &counter
list
run
p $rip
p $rsp
p $eflags
p $al
p/x $eflags
p argc
p argv
p *argv
p argv[0]
p &argc
p &main
p main
p *main
p origin
p &origin
p/x origin
p ratio
p counter + 1
p counter * 1.5
p/c 65
p/t 10
p/o 8
p/a main
p/a $rsp
p/z 5
p/d -1
p/u -1
p/x -1
p/f 1
p/s argv[0]
p 'A'
p "hi"
p sizeof(int)
p sizeof(struct pair)
p (char)65
p (long)argc
p *(int*)($rbp-4)
p/x *(int*)($rbp-4)
p $rbp-4
p $rsp+8
p foo
p $_
p $1
p $
p $$2
p $foo
p 1/0
p 1 ==
p 5 > 3
p !5
p ~5
p -5 / 2
p 10 % 3
p 1.5
p 1.0/3
p 1.5f
p 0x10
p 077
p 1 ? 2 : 3
whatis $rsp
whatis $rip
whatis $rax
whatis $eax
whatis $eflags
whatis argv
whatis main
whatis origin
ptype origin
ptype main
ptype struct pair
whatis struct pair
whatis &counter
whatis 1
whatis 1.5
whatis 1L
whatis 'a'
whatis 1 == 2
p/i 5
p/xw 5
x/2xg $rsp
x/4xw $rsp
x
x/8xb $rsp
x/4xh $rsp
x/2dg $rsp
x/4dw $rsp
x/9ub $rsp
x/4tb $rsp
x/2tw $rsp
x/4ob $rsp
x/2ow $rsp
x/2a $rsp
x/4c $rsp
x/s argv[0]
x/s *argv
x/2s argv[0]
x/3i $pc
x/i
x/2f &ratio
x/f &ratio
x/fw &ratio
x/x &counter
x/dw &counter
x/d counter
x/x main
x/2zw $rsp
x/3xw &origin
x/x 0
