b fault
r
bt
c
bt
info frame
x/i $pc
p p
p *p
c
bt
r
n
