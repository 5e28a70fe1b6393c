disass main
b *0x0000000000400540
r
disass
i r rbp rsp rip
info registers rbp rsp rip
si
disass
i r rbp rsp rip
si 5
x/2i $pc
si
disass
i r rbp rsp rip
x/2gx $rsp
bt
