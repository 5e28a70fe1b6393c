b 69
run
p/x bt
p/x bt.a
p/x bt.b
p/d bt.b
p/u bt.b
p/t bt.b
p/o bt.b
p/c bt.b
p/z bt.b
p/a bt.b
p/f bt.b
p/s bt.b
p/z bt.a
p/c bt.c
p/z bt.c
p/c bt.d
p/t bt.d
p/z bt.e
p/x bt.f
p/u bt.f
p/f bt.g
p/z bt
p/c bt
p/a bt
p/f bt
output/x bt.b
display/x bt.b
p -bt.b
p/c dd
p/x dd
p/a dd
p/c ff
p/a ff
p/z ff
p/c ld
p/a ld
p/c huge
p/a huge
p/c not
p/x -not
p -0.0
p/c 1.5
p/c 300
p/a -1
p/a table[0]
p/a (unsigned)-1
p/a (unsigned char)200
p table[1.7]
x/4aw table
x/4ah table
x/8ab table
x/2ag table
x d
x bt
x dd
x ff
x/i d
p/r bt
p/rx bt
p/xr bt.a
p/r
x/rx &d
x/2rxw table
display/r r
p/d 5
x &r
x/2 &r
p/c 65
x raw
p/s raw
x raw
x table
x/2i main
p/r 5
p 7
p table
x
x/hs raw
x
p "a" "b"
p "a" "b" "cd"
p sizeof("a" "b")
p 'a' 'b'
p 'layouts.c'::table
p 'layouts.c'::nope
p 'nope.c'::table
p 'main'
p 'ab'
p 'abc'
p 'table'[1]
p &'layouts.c'::table
p 'layouts.c'::twice
p 'layouts.c'
p 'twice'::s
p twice::s
p fact::n
p fact::nope
p fact::table
p nope::n
p &raw[0]
p (unsigned char *)raw
p d.uc
p d.sc
p d.cc
p d.next
p (char *)raw
p *d
pr 5
prx 5
inf 3
info l 5
info zzz 5
pr/x 5
i re 4
%5
info /x
p/x 5
sh 4
p $_
b twice
p $_
i b
p $_
x
x/2i
info line twice
p $_
p $__
x/i
info line
p $_
i li
i li twice
i l
x/-3i $pc
x/-1i
x/-2i
x
x/-20i main+4
x/-3xw table+2
x
p $_
x/-3i main
x/-2i 0x401000
display/3xg $sp
display/2i $pc
display/s raw
display/xb raw
display/2b raw
display/2 raw
info display
p $r13l
p $r13b
p $ps
p $fp
i r r13l ps
c
p $_exitcode
p 'twice'::s
