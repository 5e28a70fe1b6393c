break main
run
next 5
p h
p hs
p tiny
p/c h
p/d h
p/x h
p/f h
p/f hs
p h == 1.5
p hnan
p hinf
p/c hnan
p/c hinf
p (long)hnan
p (long)hinf
p hnan == hnan
p q
p three
p small
p/c three
p qnan
p qinf
p (long)qnan
p (long)qinf
p (float)q
p three == 3
p ld
p ten
p/c ten
p (int)negative
p ldnan
p ldinf
p ldnan == ldnan
p (long)ldnan
p (long)ldinf
p (int)dnan
p (long)dnan
p (long)-dinf
p/c fnan
p/a finf
p $xmm0
p/c $xmm0.v8_half
p/c $xmm0.v8_bfloat16
p/a $xmm0.v8_half
p/a $xmm0.v8_bfloat16
p $xmm0.v8_half[0] + 1
p $xmm0.v8_bfloat16[7] == -40
p b
p/x b
p/d b
p/x b.e
p/x b.s
p/c b.s
p b.e == -1
p b.e == LESS
p b.e < 0
p b.a + 1
p -b.a
p ~b.s
p (long)b.sw
p b.sw == -1
p b.p == SOME
p b.f
whatis b.e
p/c $xmm0
p/a $xmm0
p/c big
p/x big
