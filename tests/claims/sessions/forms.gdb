info registers rip
break main
run
next
i r rip
i r $rip
info reg $rip $rsp
info registers pc sp fp
i r pc
i r ip
info registers eip
info registers rax eax al
i r/x rax
info registers/d rip
x/s hello
x/2s hello
x/s text
p hello
p text
p local
p *argv@argc
p argv[0]
x/s argv[0]
x/s *argv
p $_
p $__
p $_exitcode
display/i $pc
display/s hello
display argc
display/x argc
info display
nexti
next
undisplay 2
p/s local
p/x local
p &local
p *local@3
p (char*)local
p (long)&local
output argc
info all-registers rip
x/20xb $sp
x/i
x
info line 7
where
bt full
bt -1
frame function main
info frame
x/4xg $sp
p $_
p $__
x/3xb main
p $_
p $__
x/i main
p $_
p $__
x/2f $sp
p $_
p $__
x/c main
p $_
p $__
x/s hello
p $_
p $__
x/a $sp
p $_
p $__
