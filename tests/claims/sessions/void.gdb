p $rax = 3
p $rax
break fact
run
p $k = 'a'
p $k++
whatis $k
p $k
p $d = 1.5
p $d++
p $d
p $s = &n
p $s++
p ++$s
p $b = (char)1
p $b++
whatis $b
p -$d++
p $1++
p $1 = 5
p $$++
p $nope += 1
p $nope
p ++$d
p $d + $d++
p $d < $nope
p $nope < 1
p $nope != 1
p $nope == $nope
p $nope < $nope
p $nope + $nope
p ~$nope
p +$nope
p $nope * 2
p $nope << 1
p $nope - 1
p 1.5 == $nope
p 1.5 + $nope
p $nope && $nope
p $nope || 1
p $s + $nope
p $s == $nope
p $s < $nope
p $s - $nope
p $nope + $s
p (short)$nope
p (char*)$nope
p (float)$nope
p (unsigned char)$nope
p (struct fp)$nope
p sizeof(void)
p sizeof(main)
p {void}$sp
p/x {void}$sp
output {void}$sp
call {void}$sp
call (void)1
call/c (void)1
call/i 1
call
call/x 255
p n@$nope
p n@1.5
display/xw 0
display/i 0
display/s 0
display *(int*)0
display/2xw 0
undisplay 1
p $nope[1]
p $s[$nope]
p $nope.x
p $nope->x
info frame $nope
frame $nope
up $nope
bt $nope
continue $nope
next $nope
disassemble $nope
disassemble $nope,+4
disassemble $pc,+$nope
list $nope
until $nope
advance $nope
info line $nope
info address $nope
continue
stepi
info breakpoints
delete
print $k
call $k = 1
call $k = $k + 1
p $k
p $k++
p $k
p ++$k
p $k--
p --$k
p $k
p $new++
p $new
p ++$new2
p $new2
call $nope
call $k++
p $k
call
output/c $nope
output $nope
output/x $nope
output/s $nope
output/f $nope
output/a $nope
p/c $nope
p/x $nope
p/s $nope
p/d $nope
display/c $nope
display $nope
display/x $nope
display/s $nope
display/i $nope
display/xw $nope
info display
undisplay
x/2c $nope
x/x $nope
x $nope
x/i $nope
p *$nope
p $nope + 1
p -$nope
p !$nope
p $nope == 0
p (int)$nope
p (char)$nope
p {int}$nope
p $nope[1]
p one@$nope
p $nope ? 1 : 2
p $nope && 1
p sizeof($nope)
whatis $nope
ptype $nope
info symbol $nope
info line *$nope
break *$nope
list *$nope
p (void)0
p/x (void)0
output (void)0
x (void)0
p p[$nope]
p p + $nope
p &$nope
